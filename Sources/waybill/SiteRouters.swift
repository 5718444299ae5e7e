// SiteRouters.swift: the engines of all hosts of an organisation, opened where they were built.

import Diagnostics
import Installation
import MTA
import PostfixRouting
import Resolver
import Routing
import Site

struct SiteRouters {
  private(set) var routers: [Resolver.DomainName: any MailRouter] = [:]

  /// - Throws: the exit status, once the reason is shown.
  init(_ organisation: Organisation, _ hosts: SiteHosts) throws {
    for plan in organisation.plans {
      switch try hosts.open(plan) {
      case .sendmail(let installation):
        let names = AssumedNames()
        routers[plan.host.name] = installation.router { names.host($0) != .noSuchName }
      case .postfix(let configuration, var findings):
        routers[plan.host.name] = PostfixRouter(configuration, names: AssumedNames()) { findings.append($0) }
        hosts.options.report.show(findings)
      }
    }
  }

  /// Opens the hosts of an organisation for a piece of work, compiled into a temporary folder where
  /// there is no earlier build.
  static func use<Result>(
    of organisation: Organisation, file: String, built: String? = nil, options: CompilerSettings,
    _ body: (SiteRouters) throws -> Result
  ) throws -> Result {
    if let built { return try body(SiteRouters(organisation, SiteHosts(folder: built, options: options))) }
    return try SiteHosts.build(organisation, file: file, options: options) { hosts in
      try body(SiteRouters(organisation, hosts))
    }
  }
}
