// CommandDelivery.swift: commands of aliases, .forward files and mailbox_command.
//
// They run as whoever the runtime is, never as root.
//
// Fails: as `ProgramDelivery` does.

import Delivery
import MailAddress
import MailQueue
import Posix
import Routing

extension DeliveryAgents {
  /// A command that an alias or .forward names.
  func program(_ command: Bytes, _ job: Job, _ copy: OutgoingText) -> Outcome {
    guard settings.usesPrograms else { return closed("program \(command.text)") }
    return run(command, for: nil, job, copy)
  }

  /// - Parameter user: whose mailbox it is that the command has to fill.
  func run(_ command: Bytes, for user: Bytes?, _ job: Job, _ copy: OutgoingText) -> Outcome {
    var delivery: ProgramDelivery
    if let agents = configuration.postfix {
      delivery = ProgramDelivery.postfixCommand(
        command, shell: agents.shell, environment: ProgramEnvironment.postfixLocal(facts(user, job, agents)))
      delivery.seconds = agents.commandSeconds
    } else {
      delivery = ProgramDelivery(
        .sendmail, path: Bytes(ascii: "/bin/sh"), words: [Bytes(ascii: "sh"), Bytes(ascii: "-c"), command],
        environment: ProgramEnvironment.sendmail())
    }
    do throws(DeliveryFailure) { try delivery.deliver(copy.programForm.render(stamped(job, copy))) } catch {
      return Outcome(error)
    }
    return sent("delivered to command: \(command.text)")
  }

  /// What local(8) tells a command.
  private func facts(_ user: Bytes?, _ job: Job, _ agents: PostfixAgents) -> ProgramEnvironment.Local {
    var local = ProgramEnvironment.Local()
    local.sender = AddressForm.unquoted(job.route.sender)
    local.recipient = AddressForm.unquoted(job.route.recipient)
    local.originalRecipient = job.recipients.first.map { AddressForm.unquoted($0.address) } ?? []
    let (part, domain) = AddressForm.parts(local.recipient)
    let split = agents.router.split(part)
    local.user = user ?? split.user.lowercased
    local.extension = split.extension
    local.fullLocalPart = part
    local.domain = domain ?? []
    if let account = UserAccount.named(local.user.text, root: agents.root) {
      local.home = Bytes(account.home.utf8)
      local.shell = Bytes(account.shell.utf8)
    }
    func fact(_ key: String) -> Bytes { job.envelope.fact(key) ?? [] }
    local.clientAddress = fact("address")
    local.clientName = fact("name")
    local.clientHelo = fact("helo")
    local.clientProtocol = fact("protocol")
    return local
  }
}
