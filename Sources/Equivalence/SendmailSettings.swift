// SendmailSettings.swift: the lines of a sendmail.cf that no envelope shows.

import MailAddress
import Rulesets
import SendmailCF

extension StatedSettings {
  package init(_ file: CFFile) {
    for line in file.lines {
      let origin = "line \(line.position.line)"
      switch line.content {
      case .option(let option): add(option, file, origin)
      case .mailer(let mailer): self["mailer \(mailer.name.text)"] = Value(text: Self.text(line), origin: origin)
      case .header, .queueGroup, .mailFilter, .precedence, .environment:
        // Several lines may have one beginning: a header with two conditions.
        let text = Self.text(line)
        let name = "line " + text.prefix { $0 != " " && $0 != "," && $0 != "=" }
        self[name, default: Value(text: "", origin: origin)].text += text
      default: break
      }
    }
  }

  private subscript(name: String, default standard: Value) -> Value {
    get { values[name] ?? standard }
    set { values[name] = newValue }
  }

  /// An option that is set again has its last value, but each daemon has a line.
  private mutating func add(_ option: CFOption, _ file: CFFile, _ origin: String) {
    let name = "option " + option.name + (option.part.map { "." + $0.text } ?? "")
    let value = option.value.text(file.names).text
    if option.name == "DaemonPortOptions", let earlier = self[name] {
      self[name] = Value(text: earlier.text + "; " + value, origin: earlier.origin)
    } else {
      self[name] = Value(text: value, origin: origin)
    }
  }

  /// The line with single blanks.
  private static func text(_ line: CFLine) -> String {
    line.text.split(whereSeparator: \.isWhiteSpace).map { Bytes($0).text }.joined(separator: " ")
  }
}
