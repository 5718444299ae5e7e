// MailerDelivery.swift: mailers of a sendmail.cf whose program is given the message.
//
//     Mcyrus, P=/usr/sbin/deliver, F=…lm, r=10, A=deliver -m $h -- $u
//
// Argument vectors are the engine's (`programCall`). With the flag m one run is for several
// recipients. A mailer whose words do not name the user speaks SMTP: see `NextServer`.
//
// Fails: as `ProgramDelivery` does.

import Delivery
import MailAddress
import Posix
import Routing
import SendmailRouting

extension DeliveryAgents {
  /// A mailer other than the local one.
  func mailer(_ job: Job, _ copy: OutgoingText) throws(HeaderFailure) -> [Outcome] {
    let name = job.route.transport.text
    guard settings.usesPrograms else {
      let reason = "the mailer \(name) is not run here: start with --programs to allow it"
      return all(job, .deferred, Reply(450, "4.3.5", reason))
    }
    let most = try configuration.withSendmail { router throws(HeaderFailure) in
      router.recipientsOfOneRun(job.route.transport)
    }
    var outcomes: [Outcome] = []
    for part in job.parts(of: most ?? 1) {
      let outcome = try run(part, copy)
      outcomes += part.recipients.map { _ in
        outcome ?? Outcome(kind: .deferred, reply: Reply(450, "4.3.5", "the mailer \(name) does not take arguments"))
      }
    }
    return outcomes
  }

  /// The program of the local mailer; nil where it has none that is run like this.
  func localMailer(_ job: Job, _ copy: OutgoingText) throws(HeaderFailure) -> Outcome? { try run(job, copy) }

  private func run(_ job: Job, _ copy: OutgoingText) throws(HeaderFailure) -> Outcome? {
    let users = job.routes.map(\.user)
    let outgoing = configuration.copy(of: job.id, job.envelope, job.route)
    let call = try configuration.withSendmail { router throws(HeaderFailure) in
      try router.programCall(outgoing, users)
    }
    guard let call = call ?? nil else { return nil }
    var delivery = ProgramDelivery(
      .sendmail, path: call.path, words: call.words, environment: ProgramEnvironment.sendmail())
    delivery.folders = call.folders
    do throws(DeliveryFailure) { try delivery.deliver(copy.programForm.render(copy.text.file)) } catch {
      return Outcome(error)
    }
    return Outcome(kind: call.isFinal ? .delivered : .relayed, reply: Reply(250, "2.0.0", "Sent"))
  }
}
