// SetupJob.swift: `waybill setup` from the first question to the last word.
//
//     what is found ─► answers ─► texts ─► built aside ─► shown ─► "write?" ─► installed ─► reloaded
//                        ▲                                           │ <
//                        └───────────────────────────────────────────┘
//
// As Debian's sendmailconfig does, it first asks about a configuration that is there:
// take its sendmail.conf, take its sendmail.mc, and, in the end, reload.

import ArgumentParser
import Diagnostics
import Posix
import Setup

struct SetupJob {
  var answersFile: String?
  var recordFile: String?
  var isDry = false
  var skipsReload = false
  var options: CompilerSettings

  private var report: Report { options.report }
  private var place: SetupPlace { SetupPlace(options) }

  func run() throws {
    if let answersFile { return try runAlone(answersFile) }
    let terminal = try Terminal(report)
    let found = try place.survey()
    if try terminal.takesExisting(found, place) {
      let built = try place.build(found.texts.map { ($0.key, $0.value) }, Question.proposals(found), found)
      try show(built)
      return try finish(built, Question.proposals(found), terminal)
    }
    try tellWhatIsKept(found)
    var dialogue = Dialogue(found)
    while true {
      try terminal.run(&dialogue)
      let built = try build(dialogue.answers, found)
      try show(built)
      if isDry || built.changes.isEmpty { return try finish(built, dialogue.answers, nil) }
      switch try terminal.yesNo("Write these files?", help: "They replace those in \(place.folder).") {
      case .yes: return try finish(built, dialogue.answers, terminal, isAsked: true)
      case .no: return try writeOutput("Nothing was written.\n")
      case .back: try writeOutput(dialogue.goBack())
      }
    }
  }

  private func build(_ answers: Answers, _ found: FoundHost) throws -> BuiltSetup {
    try place.build(SetupPlan(answers, found).texts.map { ($0.name, $0.bytes) }, answers, found)
  }

  // MARK: without a person

  private func runAlone(_ file: String) throws {
    let found = try place.survey()
    let path = options.place(of: file)
    let text: [UInt8]
    do throws(Errno) { text = try readFile(path) } catch {
      throw place.failure(.noInput, .init(.cannotRead, "cannot read \(path): \(error)"), at: path)
    }
    var faults: [Diagnostic] = []
    let answers = AnswersFile.read(text, file: path, found: found) { faults.append($0) }
    report.show(faults)
    guard let answers else { throw ExitCode(ExitStatus.dataError.rawValue) }
    if !options.json { try tellWhatIsKept(found) }
    let built = try build(answers, found)
    if !options.json { try show(built) }
    try finish(built, answers, nil)
    if options.json { try writeOutput(built.json.text + "\n") }
  }

  // MARK: the end

  /// - Parameters:
  ///   - terminal: whom to ask; nil for nobody.
  ///   - isAsked: whether somebody has said yes already.
  private func finish(
    _ built: BuiltSetup, _ answers: Answers, _ terminal: Terminal?, isAsked: Bool = false
  ) throws {
    if !isDry, !built.changes.isEmpty {
      if let terminal, !isAsked {
        let reply = try terminal.yesNo("Write these files?", help: "They replace those in \(place.folder).")
        guard reply == .yes else { return try writeOutput("Nothing was written.\n") }
      }
      let backup = try SetupBackup(place).install(built.changes)
      try tell("Written. What was there before is in \(backup); waybill setup --rollback takes it back.\n")
    } else {
      try tell(built.changes.isEmpty ? "Nothing changes.\n" : "Nothing was written.\n")
    }
    if let recordFile { try record(answers, recordFile) }
    if !isDry, !skipsReload { try RunningDaemon(built.pidFile, place)?.reload(asking: terminal, tell: tell) }
  }

  private func record(_ answers: Answers, _ file: String) throws {
    var staged = StagedOutput(report)
    try staged.add(options.place(of: file), Array(AnswersFile.text(answers).utf8))
    try staged.putIntoPlace()
  }

  private func tell(_ text: String) throws {
    if !options.json { try writeOutput(text) }
  }

  private func tellWhatIsKept(_ found: FoundHost) throws {
    guard found.has("sendmail.mc") else { return }
    try tell("\nThe sendmail.mc that is there proposes answers; a copy of it is kept when it is replaced.\n")
    for call in found.lostCalls {
      try tell("  line \(call.position.line): \(call.summary) has no question and is not written again\n")
    }
  }

  private func show(_ built: BuiltSetup) throws {
    for change in built.changes where change.isText {
      let diff = UnifiedDiff(change.old, change.bytes, name: place.shown(change.name))
      try writeOutput(Array("\n".utf8) + diff.text(colour: report.isColoured(1)))
    }
    let made = built.changes.filter { !$0.isText }.map(\.name)
    if !made.isEmpty { try writeOutput("\nbuilt from them: \(made.joined(separator: ", "))\n") }
    try writeOutput("\nWhat becomes of mail:\n" + built.routes.map { "  \($0.words)\n" }.joined())
    report.show(built.routes.compactMap(\.warning))
  }

  // MARK: back

  /// `--rollback`.
  func takeBack() throws {
    let backup = SetupBackup(place)
    let saved = try backup.last()
    for change in saved.changes where change.isText {
      let diff = UnifiedDiff(change.now, change.before ?? [], name: place.shown(change.name))
      try writeOutput(diff.text(colour: report.isColoured(1)))
    }
    report.show(saved.changedSince.map(place.changedSince))
    if Terminal.isThere {
      let reply = try Terminal(report).yesNo("Take this back?", help: "The files become what they were.")
      guard reply == .yes else { return try writeOutput("Nothing was written.\n") }
    } else if !saved.changedSince.isEmpty {
      throw ExitCode(ExitStatus.cannotCreate.rawValue)
    }
    try backup.restore(saved)
    try writeOutput("Taken back: \(saved.changes.map(\.name).joined(separator: ", ")).\n")
  }
}
