// AliasFiles.swift: the alias files that a configuration has databases made of.
//
//     O AliasFile=/etc/mail/aliases, btree:/etc/mail/lists      sendmail.cf
//     alias_database = hash:/etc/aliases                        main.cf

import Diagnostics
import Installation
import Posix

extension LoadedConfiguration {
  /// Rebuilds the databases; what is wrong in the texts is reported.
  package func rebuildAliases(
    report: (Diagnostic) -> Void
  ) throws(ReplacementSet.Failure) -> [RebuiltAliases] {
    try AliasDatabase.rebuild(aliasFiles, root: root, report: report)
  }

  private var root: FileRoot {
    switch system {
    case .sendmail(let installation): installation.root
    case .postfix(let configuration, _): configuration.root
    }
  }

  private var aliasFiles: [(path: String, kind: NamedFile.Kind)] {
    let words: [String] =
      switch system {
      case .sendmail(let installation):
        (installation.program.options.text("AliasFile") ?? "").split(separator: ",").map(String.init)
      case .postfix(let configuration, _): configuration.settings().list("alias_database").map(\.text)
      }
    return words.compactMap { word in
      let word = word.split(whereSeparator: { $0 == " " || $0 == "\t" }).last.map(String.init) ?? ""
      guard let slash = word.firstIndex(of: "/") else { return nil }
      let type = word[..<slash].split(separator: ":").last ?? ""
      // Others have no database, or one that only their own programs write.
      guard ["", "hash", "btree", "dbm", "implicit"].contains(type) else { return nil }
      return (String(word[slash...]), type == "btree" ? .btree : .hash)
    }
  }
}
