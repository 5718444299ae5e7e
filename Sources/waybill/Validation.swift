// Validation.swift: what is wrong in a sendmail.cf.
//
// The .cf that a site file gives is read as sendmail would read it. A line of it that
// the admin wrote himself (LOCAL_CONFIG, LOCAL_RULE_0 …) stands in the site file as it
// is in the .cf, and an option comes from a call: the fault is shown there. Files that
// the .cf names may be on another host, so that a class file that is not here is no fault.

import Diagnostics
import Glibc
import Installation
import MCCompiler
import Posix
import Translation

/// The faults of a .cf, each once: sendmail says some twice.
func faults(in configuration: [UInt8], named name: String, root: String?) -> [Diagnostic] {
  let found = Installation.faults(
    in: configuration, named: name, root: FileRoot(root ?? ""), hostName: "localhost.localdomain"
  ).filter { $0.message.code != .badClassFile }
  let all = found + placesOfNUL(in: configuration, named: name)
  return all.enumerated().filter { !all[..<$0.offset].contains($0.element) }.map(\.element)
}

/// sendmail reads a line up to its first NUL, and the rest is lost.
private func placesOfNUL(in configuration: [UInt8], named name: String) -> [Diagnostic] {
  let hasNUL = configuration.withUnsafeBytes { text in
    text.baseAddress.map { memchr($0, 0, text.count) != nil } ?? false
  }
  guard hasNUL else { return [] }
  let lines = configuration.split(separator: 0x0A, omittingEmptySubsequences: false)
  return lines.enumerated().compactMap { number, line in
    line.firstIndex(of: 0).map { index in
      Diagnostic(
        .error,
        .init(
          .unknownConfigurationLine, "a NUL byte: sendmail reads the line up to it and no further",
          fix: "take the byte out"),
        at: SourcePosition(file: name, line: number + 1, column: index - line.startIndex + 1))
    }
  }
}

/// The faults of the .cf that a site file gave, at their places in the site file.
func faults(in compilation: Compilation, root: String?) -> [Diagnostic] {
  let found = faults(in: compilation.configuration, named: generatedName, root: root)
  if found.isEmpty { return [] }
  let map = compilation.map
  let lines = compilation.configuration.split(separator: 0x0A, omittingEmptySubsequences: false)
  let written = compilation.source.split(separator: 0x0A, omittingEmptySubsequences: false)
  return found.map { diagnostic in
    guard let position = diagnostic.position, lines.indices.contains(position.line - 1) else { return diagnostic }
    let line = lines[position.line - 1]
    let origin = map?.origin(ofLine: position.line)
    var moved = diagnostic
    if let origin, origin.place.file == compilation.path {
      moved.position = SourcePosition(file: compilation.path, line: origin.place.line, column: position.column)
    } else if let index = written.firstIndex(of: line) {
      moved.position = SourcePosition(file: compilation.path, line: index + 1, column: position.column)
    } else if let call = optionCall(line, in: compilation) {
      moved.position = place(of: diagnostic.message.text, in: call, written)
    } else {
      if let origin { moved.notes.append(origin.note) }
      return moved
    }
    moved.notes.append(.init("in the .cf it is line \(position.line)"))
    return moved
  }
}

/// The faults of a .cf after what was said of its site file. Of a line that is known to be a slip, the
/// fault only says that it does harm.
func explained(_ faults: [Diagnostic], by said: [Diagnostic]) -> [Diagnostic] {
  if faults.isEmpty { return said }
  let slips: [MessageCode] = [.slip, .bareCall, .detachedCall, .strayText]
  let lines = Set(said.filter { slips.contains($0.message.code) }.compactMap(\.position?.line))
  func isExplained(_ fault: Diagnostic) -> Bool {
    fault.severity == .error && fault.position.map { lines.contains($0.line) && $0.file != generatedName } ?? false
  }
  let harmful = Set(faults.filter(isExplained).compactMap(\.position?.line))
  if harmful.isEmpty { return said + faults }
  let errors = said.map { finding in
    var finding = finding
    if slips.contains(finding.message.code), let line = finding.position?.line, harmful.contains(line) {
      finding.severity = .error
    }
    return finding
  }
  // The text may have run into the line that gives the version.
  return errors + faults.filter { !isExplained($0) && $0.message.code != .badVersionLine }
}

/// The call that an `O` line comes from: of several the last, or the one with that value.
private func optionCall(_ line: ArraySlice<UInt8>, in compilation: Compilation) -> SiteCall? {
  let text = String(decoding: line, as: UTF8.self)
  guard text.hasPrefix("O "), let sign = text.firstIndex(of: "="),
    let name = CallNames.define(ofOption: String(text[..<sign].dropFirst(2)))
  else { return nil }
  let value = String(text[text.index(after: sign)...])
  let calls = compilation.calls.filter { call in
    call.name == name || call.name == "define" && call.text(0) == name
  }
  return calls.last { $0.text($0.name == name ? 0 : 1) == value } ?? calls.last
}

/// Where the word that a message quotes stands in the value of a call, else the call's own place.
private func place(of message: String, in call: SiteCall, _ lines: [ArraySlice<UInt8>]) -> SourcePosition {
  var position = call.position
  let quoted = message.split(separator: "\"", omittingEmptySubsequences: false)
  guard quoted.count > 2, lines.indices.contains(position.line - 1), let value = call.arguments.last else {
    return position
  }
  let line = Array(lines[position.line - 1])
  guard let start = firstIndex(of: value, in: line, from: max(position.column - 1, 0)) else { return position }
  position.column = (firstIndex(of: Array(quoted[1].utf8), in: line, from: start) ?? start) + 1
  return position
}

private func firstIndex(of text: [UInt8], in line: [UInt8], from start: Int) -> Int? {
  line.indices.dropFirst(start).first { line[$0...].starts(with: text) }
}

/// What a .cf is called that is not written yet.
let generatedName = "sendmail.cf"
