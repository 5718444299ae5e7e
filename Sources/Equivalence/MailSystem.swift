// MailSystem.swift: a configuration with the engine that answers for it.
//
// Both engines are told the same of the DNS: every name exists, unless it ends in
// .invalid, and no list has anybody on it. What is compared are the configurations,
// not the network that the comparison happens to run in.

import Diagnostics
import Installation
import MailAddress
import PostfixConfig
import PostfixRouting
import Routing
import SendmailRouting
import Translation

/// One side of a comparison.
package struct MailSystem {
  /// As the user named it.
  package let name: String
  package let program: Program
  let router: any MailRouter
  let seeds: Seeds
  package let source: Source
  private let trace: (Bool) -> Void
  /// What came to light while it answered: tables that do not open.
  package let faults: () -> [Diagnostic]
  /// Whether the configuration itself has an error.
  package let isFaulty: Bool

  package enum Program: String, Sendable {
    case sendmail
    case postfix = "Postfix"
  }

  /// What the engine answers from.
  package enum Source {
    /// - tables: where the texts of its maps are.
    case sendmail(Installation, tables: TableSource)
    case postfix(PostfixConfiguration)
  }

  /// A sendmail.cf with its files.
  package init(_ installation: Installation, tables: TableSource, named name: String) {
    let router = installation.router { AssumedNames.exists($0) }
    self.name = name
    program = .sendmail
    source = .sendmail(installation, tables: tables)
    self.router = router
    seeds = Seeds(installation, router.engine)
    trace = { router.isTracing = $0 }
    faults = { router.engine.mapFaults }
    isFaulty = installation.program.diagnostics.contains {
      // Lists that are missing may be on the host that is meant.
      $0.severity == .error && $0.message.code != .badClassFile
    }
  }

  /// A Postfix configuration folder.
  package init(
    _ configuration: PostfixConfiguration, named name: String, report: @escaping (Diagnostic) -> Void
  ) {
    self.name = name
    program = .postfix
    source = .postfix(configuration)
    router = PostfixRouter(configuration, names: AssumedNames(), report: report)
    seeds = Seeds(configuration)
    trace = { _ in }
    faults = { [] }
    isFaulty = false
  }

  package func answer(_ envelope: Envelope) -> EnvelopeAnswer { router.answer(envelope) }

  /// The same answer with the steps that led to it.
  package func traced(_ envelope: Envelope) -> EnvelopeAnswer {
    trace(true)
    defer { trace(false) }
    return router.answer(envelope)
  }
}

// MARK: - What no envelope shows

extension MailSystem {
  /// A sendmail.cf and a main.cf have no settings in common: what counts is what the .cf
  /// would become in Postfix.
  func settingDifferences(from other: MailSystem) -> [SettingDifference] {
    if case .sendmail(let one, _) = source, case .sendmail(let two, _) = other.source {
      return SettingDifference.between(StatedSettings(one.program.file), StatedSettings(two.program.file))
    }
    let (one, two) = (asPostfix, other.asPostfix)
    let names = one.names.union(two.names)
    return SettingDifference.between(StatedSettings(one, names: names), StatedSettings(two, names: names))
  }

  private var asPostfix: PostfixView {
    switch source {
    case .postfix(let configuration): PostfixView(configuration: configuration)
    case .sendmail(let installation, let tables): installation.translated(tables)
    }
  }
}

extension Installation {
  /// The Postfix configuration that a translation of the .cf gives.
  fileprivate func translated(_ tables: TableSource) -> PostfixView {
    let side = Translator(
      configuration: program.file, tables: tables, hostName: String(decoding: hostName, as: UTF8.self)
    ).translate().side
    func text(_ file: String) -> Bytes { side.files.first { $0.name == file }?.bytes ?? [] }
    let configuration = PostfixConfiguration(
      main: MainConfiguration.parse(text("main.cf"), file: path),
      master: MasterConfiguration.parse(text("master.cf"), file: path), host: HostFacts(name: hostName))
    let origins =
      side.settings.map { ($0.name, $0.origins.first?.text) }
      + side.services.map { ("inet " + $0.name, $0.origins.first?.text) }
    return PostfixView(
      configuration: configuration,
      origins: Dictionary(origins.compactMap { name, text in text.map { (name, $0) } }) { first, _ in first })
  }
}
