// Rendering.swift: the files of the Postfix side as text.

enum MainRendering {
  static func text(of settings: [Setting]) -> String {
    var text = """
      # main.cf: translated from sendmail by waybill.
      #
      # Above each parameter stands what it comes from. Tables marked hash: are built
      # with postmap (aliases with postalias) after every change of their text.

      """
    for section in Section.allCases {
      let own = settings.filter { $0.section == section }
      if own.isEmpty { continue }
      text += "\n## \(section.title)\n"
      for setting in own { text += "\n" + paragraph(setting) }
    }
    return text
  }

  private static func paragraph(_ setting: Setting) -> String {
    let comments = unique(setting.origins).map { $0.comment + "\n" }.joined()
    let line = setting.value.isEmpty ? "\(setting.name) =" : "\(setting.name) = \(setting.value)"
    if setting.words.allSatisfy({ $0.origin == nil }), line.count <= 90 || setting.words.count < 2 {
      return comments + line + "\n"
    }
    var text = comments + "\(setting.name) =\n"
    for (index, word) in setting.words.enumerated() {
      if let origin = word.origin { text += "    " + origin.comment + "\n" }
      text += "    " + word.text + (index + 1 < setting.words.count ? "," : "") + "\n"
    }
    return text
  }

  static func unique(_ origins: [Provenance]) -> [Provenance] {
    var seen: Set<Provenance> = []
    return origins.filter { seen.insert($0).inserted }
  }
}

enum MasterRendering {
  static func text(of services: [ServiceLine]) -> String {
    var text = """
      # master.cf: translated from sendmail by waybill.
      #
      # service type  private unpriv  chroot  wakeup  maxproc command

      """
    var lastWasPlain = false
    for service in services {
      let isPlain = service.origins.isEmpty && service.overrides.isEmpty
      if !(isPlain && lastWasPlain) { text += "\n" }
      text += service.origins.map { $0.comment + "\n" }.joined()
      let head = [service.name, service.type] + service.columns.words + [service.command]
      text += head.joined(separator: " ") + "\n"
      for override in service.overrides { text += "    -o " + override + "\n" }
      lastWasPlain = isPlain
    }
    return text
  }
}

enum TableRendering {
  static func bytes(of table: PostfixTable) -> Bytes {
    var text = "# \(table.name): \(table.purpose)\n"
    if let builder = table.builder { text += "# After a change: \(builder) hash:\(table.name)\n" }
    if let copied = table.copiedText { return text.bytes + [0x0A] + copied }
    let width = min(table.entries.map { $0.key.count }.max() ?? 0, 40)
    for entry in table.entries {
      text += "\n"
      if let origin = entry.origin { text += origin.comment + "\n" }
      let padding = String(repeating: " ", count: max(width - entry.key.count, 0))
      text += entry.value.isEmpty ? entry.key : entry.key + padding + "  " + entry.value
    }
    return (text + "\n").bytes
  }
}
