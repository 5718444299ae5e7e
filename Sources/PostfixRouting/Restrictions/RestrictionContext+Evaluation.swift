// RestrictionContext+Evaluation.swift: a list of restrictions, asked in turn.
//
// The first that permits or refuses ends the list. Nothing is asked any more
// once the message is to be discarded.

import MailAddress
import PostfixConfig
import Routing

extension RestrictionContext {
  private static let deepest = 100

  /// Asks a list; `name` and `subject` are what a plain `reject` refuses.
  func evaluate(_ list: [Restriction], name: Bytes, subject: Subject, depth: Int = 0) -> Verdict {
    guard depth < Self.deepest else { return serverError("restrictions nest without end") }
    let outer = (self.name, self.subject)
    defer { (self.name, self.subject) = outer }
    var onlyWarns = false
    for restriction in list {
      if actions.discard != nil { return .noOpinion }
      (self.name, self.subject) = (name, subject)
      if case .warnIfReject = restriction.action {
        onlyWarns = true
        continue
      }
      let verdict = ask(restriction, name: name, subject: subject, depth: depth)
      let counts = !onlyWarns || verdict == .permit
      onlyWarns = false
      guard counts, verdict != .noOpinion else { continue }
      trace.note("\(restriction.name): \(Self.word(for: verdict))", at: restriction.position)
      return soften(verdict)
    }
    return .noOpinion
  }

  private func ask(_ restriction: Restriction, name: Bytes, subject: Subject, depth: Int) -> Verdict {
    switch restriction.action {
    case .rule(let rule): return rule.check(self)
    case .access(let subject, let maps): return checkAccess(subject, maps)
    case .serverAccess(let kind, let subject, let maps):
      return checkServers(kind, subject, maps, restriction.name)
    case .blockList(let subject, let domain): return rejectListed(subject, domain)
    case .allowList(let subject, let domain): return permitListed(subject, domain)
    case .restrictionClass(let names):
      let inner = names.flatMap { policy.restrictionClasses[$0] ?? [] }
      return evaluate(inner, name: name, subject: subject, depth: depth + 1)
    case .warnIfReject: return .noOpinion
    case .fault(let reason): return serverError(reason)
    }
  }

  /// defer_if_reject turns a refusal for good into one for now.
  private func soften(_ verdict: Verdict) -> Verdict {
    guard case .reject(let reply) = verdict, !reply.isTransient, let softening else { return verdict }
    return softening
  }

  private static func word(for verdict: Verdict) -> String {
    switch verdict {
    case .permit: "permit"
    case .noOpinion: "no opinion"
    case .reject(let reply), .cannotSay(let reply): reply.description
    }
  }
}
