// SiteCheck.swift: `waybill check site.yaml`, mail followed through the whole organisation.
//
// The hosts are compiled into a temporary folder, and every address is followed through their
// engines. With --built the hosts are those that an earlier build wrote, hand edits included.

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
    if let built { return try survey(organisation, built) }
    let job = BuildJob(file: file)
    let result = withTemporaryFolder { (folder) -> Result<[Diagnostic], any Error> in
      Result {
        try SiteBuild(job).make(organisation, in: folder)
        return try survey(organisation, folder)
      }
    }
    switch result {
    case .failure(let error): throw SiteBuild(job).failure(error)
    case .success(let result): return try result.get()
    }
  }

  private func survey(_ organisation: Organisation, _ folder: String) throws -> [Diagnostic] {
    let routers = try SiteRouters(organisation, folder: folder, options: options).routers
    let survey = Survey.run(organisation, Traveller(organisation) { routers[$0] })
    options.report.show(survey.findings)
    if !options.json {
      try writeOutput(
        "\(file): \(counted(survey.messages, "message")) followed through \(counted(routers.count, "host"))\n")
    }
    if survey.findings.contains(where: { $0.severity == .error }) { throw ExitCode(ExitStatus.configuration.rawValue) }
    return survey.findings
  }
}
