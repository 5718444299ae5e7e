// A .cf as text, translated.

import Diagnostics
import MCCompiler
import SendmailCF
import Translation

func translate(
  _ configuration: [UInt8], tables: String? = nil, calls: [SiteCall] = []
) -> TranslationResult {
  Translator(
    configuration: CFReader.read(configuration, name: "sendmail.cf"), calls: calls,
    tables: TableSource(folder: tables), hostName: "mail.example.org"
  ).translate()
}

func translate(_ configuration: String, tables: String? = nil) -> TranslationResult {
  translate(Array(configuration.utf8), tables: tables)
}
