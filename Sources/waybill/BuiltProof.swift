// BuiltProof.swift: `waybill build --validate`, what was just built run for real.
//
// The .cf alone must do what its engine says; with its Postfix side, both must do the
// same. What is on the disk is read anew, as those will who install it.

import ArgumentParser
import Diagnostics
import Equivalence
import LiveProof
import MTA

struct BuiltProof {
  let folder: String
  let postfix: Bool
  let host: String?
  let options: CompilerSettings
  private static let mostEnvelopes = 400

  /// - Throws: exit status 1 where something went another way.
  func run() throws {
    var place = ConfigurationPlace(options: options, tables: folder)
    let found = try place.find(folder + "/sendmail.cf")
    if let name = host ?? place.statedHostName([found]) ?? options.hostBelowRoot { place.hostName = name }
    let system = try place.open(found, named: folder + "/sendmail.cf", accounts: folder)
    let text = LiveText(examples: 3)
    do {
      if postfix {
        try run(system, beside: try openPostfix(place), text)
      } else {
        try run(system, text)
      }
    } catch let error as RuntimeError {
      throw reported(error, options)
    }
  }

  private func openPostfix(_ place: ConfigurationPlace) throws -> MailSystem {
    let name = folder + "/postfix"
    return try place.open(try place.find(name), named: name, accounts: folder)
  }

  private func run(_ system: MailSystem, _ text: LiveText) throws {
    let questions = Comparison.questions(for: [system], limit: Self.mostEnvelopes)
    let run = try LiveRun.run(system, LiveRun.bySMTP(questions))
    try show(text.text(run, system), text.object(run))
    if !run.isProof { throw ExitCode(1) }
  }

  private func run(_ system: MailSystem, beside other: MailSystem, _ text: LiveText) throws {
    let questions = Comparison.questions(for: [system, other], limit: Self.mostEnvelopes)
    let comparison = try LiveComparison.run(system, other, LiveRun.bySMTP(questions))
    try show(text.text(comparison, system, other), text.object(comparison))
    if !comparison.isProof { throw ExitCode(1) }
  }

  private func show(_ text: String, _ object: JSONValue) throws {
    try writeOutput(options.json ? object.text + "\n" : text)
  }
}
