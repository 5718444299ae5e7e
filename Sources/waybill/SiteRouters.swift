// SiteRouters.swift: the engines of all hosts of an organisation, opened where they were built.

import ArgumentParser
import Diagnostics
import Installation
import MTA
import Posix
import PostfixConfig
import PostfixRouting
import Resolver
import Routing
import Site

/// Opens the hosts' configurations below a folder that `waybill build site.yaml` wrote.
struct SiteRouters {
  private let folder: String
  private let options: CompilerSettings
  private(set) var routers: [Resolver.DomainName: any MailRouter] = [:]

  /// - Throws: the exit status, once the reason is shown.
  init(_ organisation: Organisation, folder: String, options: CompilerSettings) throws {
    self.folder = folder
    self.options = options
    for plan in organisation.plans { routers[plan.host.name] = try open(plan) }
  }

  /// Opens the hosts of an organisation for a piece of work, compiled into a temporary folder where
  /// there is no earlier build.
  static func use<Result>(
    of organisation: Organisation, file: String, built: String? = nil, options: CompilerSettings,
    _ body: (SiteRouters) throws -> Result
  ) throws -> Result {
    if let built { return try body(SiteRouters(organisation, folder: built, options: options)) }
    var job = BuildJob(file: file)
    job.options = options
    let build = SiteBuild(job)
    let result = withTemporaryFolder { (folder) -> Swift.Result<Result, any Error> in
      Swift.Result {
        try build.make(organisation, in: folder)
        return try body(SiteRouters(organisation, folder: folder, options: options))
      }
    }
    switch result {
    case .failure(let error): throw build.failure(error)
    case .success(let result): return try result.get()
    }
  }

  private func open(_ plan: HostPlan) throws -> any MailRouter {
    let host = "\(folder)/hosts/\(plan.host.name)"
    var place = ConfigurationPlace(options: options, tables: host)
    place.hostName = "\(plan.host.name)"
    place.overlay = [FileRoot.Move(folder: "/home", to: host + "/home")]
    if plan.host.system == .postfix { return try openPostfix(host, place) }
    let name = host + "/sendmail.cf"
    guard let installation = try place.installation(place.find(name)) else {
      throw place.failure("\(name) is no sendmail.cf", fix: nil)
    }
    let names = AssumedNames()
    return installation.router { names.host($0) != .noSuchName }
  }

  private func openPostfix(_ host: String, _ place: ConfigurationPlace) throws -> any MailRouter {
    var findings: [Diagnostic] = []
    defer { options.report.show(findings) }
    do {
      let configuration = try place.postfix(host + "/postfix", accounts: host) { findings.append($0) }
      return PostfixRouter(configuration, names: AssumedNames()) { findings.append($0) }
    } catch let error as Errno {
      throw place.failure("cannot read \(host)/postfix: \(error)", fix: nil)
    }
  }
}
