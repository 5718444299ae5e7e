// MCCompiler.swift: a site file (.mc) in, a sendmail.cf and what was asked for out.
//
//     site.mc ── Processor + Library ──► .cf
//         └── calls, messages ──► SiteCall, Diagnostic
//
// A site file may bring its library in itself, as Debian's do, by including
// `…/m4/cf.m4`: that include is answered with the library chosen here. Nothing
// of the machine gets into the output: no clock, host or user name. A site file is not
// trusted: it runs no command unless that is allowed, reads only what belongs to it
// (`SiteSandbox`), and ends at the limits.
//
// Fails: never as a whole. What is wrong comes back as diagnostics; where one is
// an error the .cf must not be used.

import Diagnostics
import MacroProcessor
import Posix

/// What was read, as make wants to know it.
package typealias DependencyRule = MacroProcessor.DependencyRule

/// How a site file is compiled.
package struct MCCompiler: Sendable {
  package var library: Library
  /// Absolute paths that the site file includes are looked up below it first.
  package var root: String?
  /// Stands in for the folder of the tables, /etc/mail.
  package var settingsFolder: String?
  /// Whether syscmd and esyscmd reach the shell.
  package var allowsCommands = false
  /// Definitions made before anything is read.
  package var definitions: [(name: String, text: String)] = []
  /// Folders that site files may read, beside those that belong to them.
  package var readableFolders: [String] = []
  /// What a file may take.
  package var limits = sandboxLimits
  /// Seconds since 1970 for what the library writes about the time of the build; nil to leave
  /// that out.
  package var buildTime: Int?

  /// Enough for every site file that is none of a joker.
  package static let sandboxLimits = Limits.sandbox

  package init(library: Library) { self.library = library }

  /// Compiles a file.
  package func compile(_ path: String) -> Compilation {
    do throws(Errno) {
      return compile(try readFile(path), named: path)
    } catch {
      var result = Compilation(path: path, source: [])
      result.diagnostics = [
        Diagnostic(.error, .cannotReadSite(path, error.description), at: SourcePosition(file: path))
      ]
      return result
    }
  }

  /// Compiles a text as though it stood in a file of that name.
  package func compile(_ source: [UInt8], named path: String) -> Compilation {
    let run = Run(self, source: source, path: path)
    return run.compile()
  }
}

/// What came of a site file.
package struct Compilation: Sendable {
  package let path: String
  package let source: [UInt8]
  package var configuration: [UInt8] = []
  /// The calls in the site file, in order.
  package var calls: [SiteCall] = []
  package var diagnostics: [Diagnostic] = []
  /// The files that were read: the site file, what it includes, and the library.
  package var files: [String] = []
  /// What it asked for by sinclude and is not there.
  package var missingFiles: [String] = []
  /// Where the bytes of the .cf came from.
  var origins: OutputMap?

  init(path: String, source: [UInt8]) {
    self.path = path
    self.source = source
  }

  /// Where the lines of the .cf came from; they are counted for each that asks.
  package var map: SourceMap? { origins.map { SourceMap($0, site: path, configuration: configuration) } }

  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// A line of the site file, for excerpts.
  package func line(_ number: Int) -> [UInt8]? { line(number, of: source) }

  /// A line of the .cf.
  package func configurationLine(_ number: Int) -> [UInt8]? { line(number, of: configuration) }

  private func line(_ number: Int, of text: [UInt8]) -> [UInt8]? {
    guard number > 0 else { return nil }
    let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    return number <= lines.count ? Array(lines[number - 1]) : nil
  }
}

/// One compilation under way. A class, because the processor's callbacks share it.
private final class Run {
  private let compiler: MCCompiler
  private var result: Compilation
  private let lines: [[UInt8]]
  private lazy var optionNames = compiler.library.optionNames()
  private var hasReadLibrary = false
  private lazy var sandbox = compiler.sandbox(of: result.path)
  private lazy var questions = LibraryQuestions(sandbox, time: compiler.buildTime)

  init(_ compiler: MCCompiler, source: [UInt8], path: String) {
    self.compiler = compiler
    result = Compilation(path: path, source: source)
    lines = source.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
  }

  func compile() -> Compilation {
    var processor = Processor(surroundings())
    processor.limits = compiler.limits
    processor.files.isOn = true
    processor.keepProvenance(mapsOutput: true)
    define(in: &processor)
    do throws(ProcessorExit) {
      if !includesLibrary { try processor.process(Array(compiler.library.entry.utf8)) }
      try processor.process(text: result.source, named: Array(result.path.utf8))
      _ = try processor.finish()
    } catch {
      // The reason was said when it happened; 65 is our library's own ending.
      if !result.hasErrors, error.status != 65 {
        let end = result.calls.last { $0.name == "m4exit" }
        add(
          .error, .fromLibrary("the file ended its own compilation with status \(error.status)"),
          line: end?.position.line ?? 0, naming: end?.name)
      }
    }
    result.configuration = processor.takeOutput()
    result.origins = processor.takeMap()
    result.files = [result.path] + processor.files.read
    result.missingFiles = processor.files.missing
    if !result.hasErrors, !result.configuration.contains(where: { $0 != 0x0A && $0 != 0x20 }) {
      add(.error, .noMailers, line: 0)
    }
    reportNUL()
    let slips = processor.lateFindings
    report(slips.filter { $0.message.code != .unknownMacro })
    for name in Vocabulary.strayCalls(in: result.configuration) { reportStray(name) }
    report(slips.filter { $0.message.code == .unknownMacro })
    reportRepeatedFeatures()
    for call in result.calls where call.name == "define" { reportSlip(in: call) }
    for stray in result.strayText where !isExplained(stray) { result.diagnostics.append(stray) }
    result.diagnostics.sort { ($0.position?.line ?? 0) < ($1.position?.line ?? 0) }
    return result
  }

  /// Slips of the pen in the site file.
  private func report(_ slips: [Diagnostic]) {
    for var slip in slips where slip.position?.file == result.path && !isExplained(slip) {
      if slip.message.code == .bareCall { slip.severity = .warning }
      // What was to be its arguments goes into the .cf, before the V line.
      if slip.message.code == .detachedCall { slip.severity = .error }
      // A library file without a name is what came of it.
      let line = slip.position?.line
      let effects = result.diagnostics.filter { $0.position?.line == line && $0.isOfNoName }
      if !effects.isEmpty { slip.severity = .error }
      result.diagnostics.removeAll { effects.contains($0) }
      result.diagnostics.append(slip)
    }
  }

  /// Whether the same place has something said of it that says why.
  private func isExplained(_ found: Diagnostic) -> Bool {
    let codes: [MessageCode] = [.slip, .bareCall, .detachedCall, .wrongQuotes, .unknownMacro]
    return result.diagnostics.contains { other in
      codes.contains(other.message.code) && other.position?.line == found.position?.line
    }
  }

  /// m4 drops the rest of what the byte is in, without a word.
  private func reportNUL() {
    for (number, line) in lines.enumerated() {
      guard let column = line.firstIndex(of: 0) else { continue }
      add(.error, .nulByte, line: number + 1, column: column + 1)
    }
  }

  private func reportStray(_ name: String) {
    let call = Array(name.utf8) + [0x28]
    let line = lines.firstIndex { $0.firstRange(of: call) != nil }.map { $0 + 1 } ?? 0
    // One that the library leaves out is no mistake in writing.
    let nearest = Vocabulary.names.contains(name) ? nil : nearestName(to: name, among: Vocabulary.names)
    let stray = Diagnostic.Message.unknownMacro(name, nearest: nearest)
    if !isExplained(Diagnostic(.error, stray, at: position(line: line, naming: nil))) {
      add(.error, stray, line: line, naming: name)
    }
  }

  private func reportRepeatedFeatures() {
    let features = result.calls.filter { $0.name == "FEATURE" && !Vocabulary.manyTimes.contains($0.text(0)) }
    let names = features.map { $0.text(0) }
    var first: Int?
    for index in features.indices.sorted(by: { (names[$0], $0) < (names[$1], $1) }) {
      guard let earlier = first, names[earlier] == names[index] else {
        first = index
        continue
      }
      let isSame = features[earlier].arguments == features[index].arguments
      add(
        .warning, .repeatedFeature(names[index], isSame: isSame), line: features[index].position.line,
        naming: names[index], from: features[index].position.column,
        notes: [.init("called first here", at: features[earlier].position)])
    }
  }

  /// A define of a name that was meant to be a setting. What other files use is not known here.
  private func reportSlip(in call: SiteCall) {
    let name = call.text(0)
    guard let nearest = SettingNames.meant(by: name), !includesOthers, uses(of: name) == defines(of: name) else {
      return
    }
    add(
      compiler.library.kind == .stock ? .warning : .error, .unknownSetting(name, nearest: nearest),
      line: call.position.line, naming: name)
  }

  private var includesOthers: Bool {
    result.calls.contains { call in
      call.name.hasSuffix("include") && !call.text(0).hasSuffix("/cf.m4") && !call.text(0).hasSuffix("/waybill.m4")
    }
  }

  /// How often a word stands in the site file.
  private func uses(of name: String) -> Int {
    result.source.split { !isNameByte($0) }.count { $0.elementsEqual(name.utf8) }
  }

  private func defines(of name: String) -> Int {
    result.calls.count { $0.name == "define" && $0.text(0) == name }
  }

  private func define(in processor: inout Processor) {
    processor.define(Array("_CF_DIR_".utf8), as: Array((compiler.library.folder + "/").utf8))
    // The stock library would write the user's name, the host and the time.
    if compiler.buildTime == nil { processor.define(Array("_NO_MAKEINFO_".utf8), as: []) }
    processor.define(
      Array("_UNKNOWN_".utf8), as: Array("errprint(`\(unknownMark)$1\t$2\t$3\t$4')_COUNT_FAULT_`'".utf8))
    for definition in compiler.definitions {
      processor.define(Array(definition.name.utf8), as: Array(definition.text.utf8))
    }
  }

  /// Whether the site file itself reads a library, as Debian's do.
  private var includesLibrary: Bool {
    lines.contains { line in
      let text = line.drop { $0 == 0x20 || $0 == 0x09 }
      guard text.starts(with: "include(".utf8) else { return false }
      let place = String(decoding: text, as: UTF8.self)
      return place.contains("/cf.m4'") || place.contains("waybill.m4'")
    }
  }

  // MARK: What the processor asks and says

  private func surroundings() -> Surroundings {
    var surroundings = Surroundings()
    surroundings.readFile = { [unowned self] in answer($0) }
    surroundings.sandbox = sandbox
    surroundings.includeFolders = [Array(folderOf(result.path).utf8)]
    surroundings.makeFile = { [unowned self] in questions.file(named: $0) }
    surroundings.runCommand = { [unowned self] in run($0, line: $1) }
    surroundings.receive = { [unowned self] in receive($0) }
    surroundings.watch = { [unowned self] in record($0) }
    return surroundings
  }

  private func answer(_ bytes: [UInt8]) -> FileAnswer {
    let path = String(decoding: bytes, as: UTF8.self)
    let entry = compiler.library.entry
    if path == entry || path.hasSuffix("/m4/cf.m4") || path.hasSuffix("/waybill.m4") {
      // Ours gives words new meanings that rest on the old ones: once is enough.
      if compiler.library.kind == .waybill, hasReadLibrary { return .contents([]) }
      hasReadLibrary = true
      if path != entry { return .elsewhere(Array(entry.utf8)) }
    }
    if let text = questions.text(of: bytes) { return .contents(text) }
    guard path.hasPrefix("/"), !path.hasPrefix(compiler.library.folder + "/") else { return .unhandled }
    if let folder = compiler.settingsFolder, path.hasPrefix("/etc/mail/") {
      let place = folder + path.dropFirst("/etc/mail".count)
      if isReadable(place) { return .elsewhere(Array(place.utf8)) }
    }
    return compiler.root.map { .elsewhere(Array(($0 + path).utf8)) } ?? .unhandled
  }

  private func run(_ command: [UInt8], line: Int) -> (output: [UInt8], status: Int32)? {
    if let status = questions.status(of: command) { return ([], status) }
    return compiler.allowsCommands ? try? runShell(command, keepingOutput: true) : nil
  }

  private func receive(_ message: Message) {
    let text = String(decoding: message.text, as: UTF8.self)
    if message.severity == .printed {
      receivePrinted(text, message)
      return
    }
    let severity: Diagnostic.Severity = message.severity == .warning ? .warning : .error
    let file = String(decoding: message.file, as: UTF8.self)
    // A limit's own notes follow, with the calls that go on without end.
    var notes: [Diagnostic.Note] = if case .excess = message.cause { [] } else { message.finding(sourceLine).notes }
    if !file.isEmpty, file != result.path {
      notes.insert(.init("while reading this line", at: SourcePosition(file: file, line: message.line)), at: 0)
    }
    if case .refused(let refusal) = message.cause, let loader = loaderWithoutName(refusal) {
      add(severity, .nameMissing(loader: loader), line: siteLine(message), naming: loader)
    } else if let (what, steps) = whatLimits(message.cause) {
      add(severity, what, line: place(of: message), notes: notes + steps)
    } else if let (loader, name) = missingLibraryFile(text) {
      add(severity, unknown(loader, name), line: siteLine(message), naming: name)
    } else {
      let line = place(of: message)
      add(
        severity, .fromProcessor(message.plainText, fix: hint(for: text) ?? message.fix), line: line,
        column: column(of: message), notes: notes)
    }
  }

  /// What the sandbox or a limit kept the file from, with the calls that go on without end.
  private func whatLimits(_ cause: Message.Cause) -> (Diagnostic.Message, [Diagnostic.Note])? {
    switch cause {
    case .input: return nil
    case .refused(let refusal): return (.refused(refusal), [])
    case .excess(let excess, let cycle):
      let names = cycle.map { String(decoding: $0.name, as: UTF8.self) }
      var notes = zip(cycle, names).map { step, name in
        Diagnostic.Note(
          "\(name) is called here",
          at: SourcePosition(file: String(decoding: step.file, as: UTF8.self), line: step.line))
      }
      if let first = names.first {
        notes.append(.init("the calls repeat: " + (names + [first]).joined(separator: " → ")))
      }
      return (.limitReached(excess), notes)
    }
  }

  /// Where in its line of the site file a message belongs: its own place, or the call that led there.
  private func column(of message: Message) -> Int {
    if message.file == Array(result.path.utf8), message.column > 0 { return message.column }
    let line = place(of: message)
    return message.steps.last { $0.line == line && $0.file == Array(result.path.utf8) }?.column ?? 0
  }

  private func sourceLine(_ position: SourcePosition) -> [UInt8]? {
    guard position.file == result.path, lines.indices.contains(position.line - 1) else { return nil }
    return lines[position.line - 1]
  }

  /// The line of the site file that led to a message; 0 where none did, as at the library's end.
  private func siteLine(_ message: Message) -> Int {
    message.originFile == Array(result.path.utf8) ? message.originLine : 0
  }

  private func place(of message: Message) -> Int {
    message.file == Array(result.path.utf8) ? message.line : siteLine(message)
  }

  private func hint(for text: String) -> String? {
    if text.contains("end of file in string") { return "close the quote that begins here with '" }
    if text.contains("end of file in argument list") { return "close the call that begins here with )" }
    if text.contains("Too many open files") { return "look for a file that includes itself" }
    if text.contains("recursion") { return "a macro whose text contains its own name must quote it" }
    return nil
  }

  /// sendmail's library opens `feature/name.m4` without asking whether it is there.
  private func missingLibraryFile(_ text: String) -> (loader: String, name: String)? {
    for (loader, folder) in Library.loaders {
      let start = "cannot open `\(compiler.library.folder)/\(folder)/"
      guard text.hasPrefix(start), let end = text.firstIndex(of: "'") else { continue }
      let name = String(text[..<end].dropFirst(start.count))
      return (loader, name.hasSuffix(".m4") ? String(name.dropLast(3)) : name)
    }
    return nil
  }

  /// The library asks for `feature/.m4` where a name was left out.
  private func loaderWithoutName(_ refusal: Refusal) -> String? {
    let asked: String
    switch refusal {
    case .reading(let path): asked = String(decoding: path, as: UTF8.self)
    case .command(let command): asked = String(decoding: command, as: UTF8.self)
    case .writing: return nil
    }
    return Library.loaders.first { asked.contains("\(compiler.library.folder)/\($0.folder)/.m4") }?.name
  }

  private func unknown(_ loader: String, _ name: String) -> Diagnostic.Message {
    if loader == "option" { return .unknownOption(name, nearest: nearestOption(to: name)) }
    if name.isEmpty { return .nameMissing(loader: loader) }
    let names = compiler.library.names(for: loader)
    if let blank = name.firstIndex(of: " "), names.contains(String(name[..<blank])) {
      let rest = String(name[blank...].drop { $0 == " " })
      if rest.isEmpty { return .unknownName(loader: loader, name, nearest: String(name[..<blank])) }
      return .missingComma(loader: loader, String(name[..<blank]), before: rest)
    }
    return .unknownName(loader: loader, name, nearest: nearestName(to: name, among: names))
  }

  // MARK: What the library prints

  private func receivePrinted(_ text: String, _ message: Message) {
    if text.hasPrefix(unknownMark) {
      let fields = text.dropFirst(unknownMark.count).split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count >= 4 else { return }
      let name = String(fields[1])
      let line = String(fields[2]) == result.path ? Int(fields[3]) ?? siteLine(message) : siteLine(message)
      let loader = String(fields[0])
      add(.error, unknown(loader, name), line: line, naming: name.isEmpty ? loader : name)
      return
    }
    for line in text.split(separator: "\n") where !line.allSatisfy(\.isWhitespace) {
      receiveLibraryLine(String(line), message)
    }
  }

  /// `file:line: error: text` and `file:line: warning: text` are ours; the stock
  /// library prints plain text, of which `*** ERROR` marks faults.
  private func receiveLibraryLine(_ line: String, _ message: Message) {
    var text = line
    var severity = line.contains("ERROR") ? Diagnostic.Severity.error : .warning
    var number = siteLine(message)
    for (word, meaning) in [(": error: ", Diagnostic.Severity.error), (": warning: ", .warning)] {
      guard let range = line.firstRange(of: word) else { continue }
      severity = meaning
      text = String(line[range.upperBound...])
      let place = line[..<range.lowerBound]
      if place.hasPrefix(result.path + ":"), let given = Int(place.dropFirst(result.path.utf8.count + 1)) {
        number = given
      }
    }
    add(severity, .fromLibrary(text), line: number)
  }

  // MARK: Recording

  private func record(_ call: borrowing WatchedCall) {
    guard call.file == Array(result.path.utf8) else { return }
    let name = String(decoding: call.name, as: UTF8.self)
    result.calls.append(
      SiteCall(
        name: name, arguments: call.arguments,
        position: SourcePosition(file: result.path, line: call.line, column: call.column)))
    if let last = result.calls.last { checkQuotes(last) }
    if compiler.library.kind == .stock, name == "define", let first = call.arguments.first {
      checkOption(String(decoding: first, as: UTF8.self), line: call.line)
    }
  }

  /// A name in quotes of another language.
  private func checkQuotes(_ call: SiteCall) {
    let quotes: [Character] = ["'", "\"", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{B4}"]
    let name = call.text(0)
    let isOfName = call.name == "define" || Library.loaders.contains { $0.name == call.name }
    guard isOfName, let first = name.first, quotes.contains(first) else { return }
    let meant = name.filter { !quotes.contains($0) }
    add(.error, .wrongQuotes(call, meant: meant), line: call.position.line, naming: name)
  }

  private func checkOption(_ name: String, line: Int) {
    guard name.hasPrefix("conf"), name.count > 4 else { return }
    guard !optionNames.isEmpty, !optionNames.contains(name), !mentioned(name) else { return }
    add(
      .warning, .unknownOption(name, nearest: nearestOption(to: name)), line: line,
      naming: name)
  }

  /// The option that was meant: one that alone begins with the same words, or else the nearest.
  private func nearestOption(to name: String) -> String? {
    let names = optionNames.filter { !$0.hasSuffix("_") }
    if let mark = name.lastIndex(of: "_") {
      let akin = names.filter { $0.hasPrefix(name[...mark]) }
      if akin.count == 1 { return akin[0] }
    }
    return nearestName(to: name, among: names)
  }

  /// Whether any file of the library speaks of a name.
  private func mentioned(_ name: String) -> Bool {
    ["m4", "feature", "mailer", "ostype", "domain", "hack"].contains { folder in
      let folder = compiler.library.folder + "/" + folder
      return namesInFolder(folder).contains { file in
        guard let text = try? readFile(folder + "/" + file) else { return false }
        return text.split(whereSeparator: {
          $0 == 0x60 || $0 == 0x27 || $0 == 0x20 || $0 == 0x28 || $0 == 0x29 || $0 == 0x2C
        })
        .contains { $0.elementsEqual(name.utf8) }
      }
    }
  }

  /// - Parameter start: the column from which on the name is looked for.
  private func add(
    _ severity: Diagnostic.Severity, _ message: Diagnostic.Message, line: Int, naming name: String? = nil,
    from start: Int = 1, column: Int = 0, notes: [Diagnostic.Note] = []
  ) {
    var position = position(line: line, naming: name, from: start)
    if column > 0 { position.column = column }
    let new = Diagnostic(severity, message, at: position, length: name?.utf8.count ?? 0, notes: notes)
    let effects: [MessageCode] = [.unknownLibraryName, .commandRefused]
    if effects.contains(message.code), isExplained(new) { return }
    if !result.diagnostics.contains(new) { result.diagnostics.append(new) }
  }

  /// A line of the site file, with the column of a name that stands in it.
  private func position(line: Int, naming name: String?, from start: Int = 1) -> SourcePosition {
    var column = 0
    if let name, line > 0, line <= lines.count {
      let text = lines[line - 1]
      let wanted = Array(name.utf8)
      let starts = text.indices.prefix(max(text.count - wanted.count + 1, 0)).dropFirst(max(start - 1, 0))
      column = (starts.first { text[$0...].starts(with: wanted) } ?? -1) + 1
    }
    return SourcePosition(file: result.path, line: line, column: column)
  }
}

/// Begins what the library's hook prints about unknown names.
private let unknownMark = "\u{1}unknown\t"

extension String {
  /// The first place of a text in this one.
  fileprivate func firstRange(of text: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}

extension Diagnostic {
  /// Whether it is about a file of the library whose name was not given.
  fileprivate var isOfNoName: Bool {
    message.code == .unknownLibraryName && message.text.contains("(`')")
  }
}
