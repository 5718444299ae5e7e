// SiteHosts.swift: the hosts of an organisation, where `waybill build site.yaml` wrote them.

import ArgumentParser
import Diagnostics
import Installation
import Posix
import PostfixConfig
import Resolver
import Site

/// What a host was built as.
enum BuiltHost {
  case sendmail(Installation)
  /// With what is wrong in it.
  case postfix(PostfixConfiguration, [Diagnostic])
}

/// Opens the hosts' configurations below a folder.
struct SiteHosts {
  let folder: String
  let options: CompilerSettings

  /// - Throws: the exit status, once the reason is shown.
  func open(_ plan: HostPlan) throws -> BuiltHost {
    let host = "\(folder)/hosts/\(plan.host.name)"
    var place = ConfigurationPlace(options: options, tables: host)
    place.hostName = "\(plan.host.name)"
    place.overlay = [FileRoot.Move(folder: "/home", to: host + "/home")]
    if plan.host.system == .postfix { return try openPostfix(host, place) }
    let name = host + "/sendmail.cf"
    guard let installation = try place.installation(place.find(name)) else {
      throw place.failure("\(name) is no sendmail.cf", fix: nil)
    }
    return .sendmail(installation)
  }

  private func openPostfix(_ host: String, _ place: ConfigurationPlace) throws -> BuiltHost {
    var findings: [Diagnostic] = []
    do {
      let configuration = try place.postfix(host + "/postfix", accounts: host) { findings.append($0) }
      return .postfix(configuration, findings)
    } catch let error as Errno {
      throw place.failure("cannot read \(host)/postfix: \(error)", fix: nil)
    }
  }

  /// Builds an organisation into a temporary folder for a piece of work.
  static func build<Result>(
    _ organisation: Organisation, file: String, options: CompilerSettings, _ body: (SiteHosts) throws -> Result
  ) throws -> Result {
    let build = SiteBuild(file: file, options)
    let result = withTemporaryFolder { (folder) -> Swift.Result<Result, any Error> in
      Swift.Result {
        try build.make(organisation, in: folder)
        return try body(SiteHosts(folder: folder, options: options))
      }
    }
    switch result {
    case .failure(let error): throw build.failure(error)
    case .success(let result): return try result.get()
    }
  }
}

/// The host that a name on the command line means; the first labels will do where they are no other's.
///
/// - Throws: the exit status, once the reason is shown.
func host(named name: String, in organisation: Organisation, _ report: Report) throws -> Resolver.DomainName {
  let found = organisation.hosts(named: name).map(\.name)
  if found.count == 1, let host = found.first { return host }
  let near = nearestName(to: name, among: organisation.domains.flatMap(\.hosts).map(\.name.description))
  let message: Diagnostic.Message =
    found.isEmpty
    ? .init(.siteName, "\(name) is no host of the organisation", fix: near.map { "did you mean \($0)?" })
    : .init(
      .siteName, "\(name) may be any of " + found.map(\.description).joined(separator: ", "), fix: "write more of it")
  report.show([Diagnostic(.error, message)])
  throw ExitCode(ExitStatus.dataError.rawValue)
}
