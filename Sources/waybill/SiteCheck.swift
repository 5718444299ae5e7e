// SiteCheck.swift: `waybill check site.yaml`, mail followed through the whole organisation.
//
// With --built the hosts are those that an earlier build wrote, hand edits included.

import ArgumentParser
import Diagnostics
import Posix
import Site

struct SiteCheck {
  let file: String
  /// The folder of an earlier build; nil to build anew.
  let built: String?
  let options: CompilerSettings

  /// - Returns: the findings, all of them shown.
  func run() throws -> [Diagnostic] {
    let organisation = try readOrganisation(file, options.report)
    return try SiteRouters.use(of: organisation, file: file, built: built, options: options) { hosts in
      let survey = Survey.run(organisation, Traveller(organisation) { hosts.routers[$0] })
      options.report.show(survey.findings)
      if !options.json {
        let (messages, count) = (counted(survey.messages, "message"), counted(hosts.routers.count, "host"))
        try writeOutput("\(file): \(messages) followed through \(count)\n")
      }
      if survey.findings.contains(where: { $0.severity == .error }) {
        throw ExitCode(ExitStatus.configuration.rawValue)
      }
      return survey.findings
    }
  }
}
