// PipeDelivery.swift: transports that master.cf runs as programs, as pipe(8) does.
//
// One run for as many recipients as NAME_destination_recipient_limit lets. `user=` is not
// become: the program runs as whoever the runtime is.
//
// Fails: as `ProgramDelivery` does; a service with a fault defers its mail and says so in the
// log.

import Delivery
import MailAddress
import MailQueue
import PostfixConfig
import Routing

extension DeliveryAgents {
  func pipe(
    _ pipe: PostfixAgents.Pipe, _ transport: Bytes, _ host: Bytes, _ job: Job, _ copy: OutgoingText
  ) -> [Outcome] {
    guard settings.usesPrograms else {
      let reason = "the transport \(transport.text) is not run here: start with --programs to allow it"
      return all(job, .deferred, Reply(450, "4.3.5", reason))
    }
    do throws(PipeService.Fault) {
      let service = try pipe.service.get()
      var outcomes: [Outcome] = []
      for part in job.parts(of: configuration.postfix?.recipientLimits[transport] ?? 1) {
        let outcome = try run(service, pipe, transport, host, part, copy)
        outcomes += part.recipients.map { _ in outcome }
      }
      return outcomes
    } catch {
      settings.log("\(job.id): master.cf: service \(transport.text): \(error.reason)")
      return job.recipients.map { _ in .misconfigured }
    }
  }

  private func run(
    _ service: PipeService, _ pipe: PostfixAgents.Pipe, _ transport: Bytes, _ host: Bytes, _ job: Job,
    _ copy: OutgoingText
  ) throws(PipeService.Fault) -> Outcome {
    guard let agents = configuration.postfix else { return .misconfigured }
    if service.isSingle, job.recipients.count > 1 {
      throw PipeService.Fault(reason: "the flags D and O need \(transport.text)_destination_recipient_limit = 1")
    }
    let message = copy.text.file
    // Counted as on the network.
    let size = message.count + message.count { $0 == .newline }
    if let limit = service.sizeLimit, size > limit {
      return Outcome(kind: .failed, reply: Reply(550, "5.2.3", "message too large"))
    }
    let recipients = zip(job.routes, job.recipients).map { route, recipient in
      let address = AddressForm.unquoted(route.recipient)
      let split = agents.router.split(AddressForm.parts(address).local)
      return PipeService.Recipient(
        address: address, original: AddressForm.unquoted(recipient.address), user: split.user,
        extension: split.extension)
    }
    let words = try service.words(
      sender: AddressForm.unquoted(job.route.sender), recipients, facts: facts(host, job, size: size))
    var delivery = ProgramDelivery(
      .postfix, path: words[0], words: words, environment: ProgramEnvironment.postfixPipe())
    delivery.shown = words[0]
    delivery.seconds = pipe.seconds
    delivery.folders = service.folder.map { [$0] } ?? []
    do throws(DeliveryFailure) {
      let header = HeaderBlock(message)
      if service.has("D") { try header.checkLoops(recipient: recipients.first?.address, mostHops: .max) }
      let output = try delivery.deliver(form(service, job).render(stamped(header, service, job)))
      let said = output.isEmpty ? [] : Bytes(ascii: " (") + output + Bytes(ascii: ")")
      return Outcome(
        kind: service.has("X") ? .delivered : .relayed,
        reply: Reply(250, "2.0.0", Bytes(ascii: "delivered via ") + transport + Bytes(ascii: " service") + said))
    } catch {
      return Outcome(error)
    }
  }

  private func facts(_ host: Bytes, _ job: Job, size: Int) -> [String: Bytes] {
    [
      "nexthop": host, "size": Bytes("\(size)".utf8), "queue_id": Bytes("\(job.id)".utf8),
      "client_address": job.envelope.fact("address") ?? [], "client_hostname": job.envelope.fact("name") ?? [],
      "client_helo": job.envelope.fact("helo") ?? [], "client_protocol": job.envelope.fact("protocol") ?? [],
    ]
  }

  private func sender(_ service: PipeService, _ job: Job) -> Bytes {
    job.route.sender.isEmpty ? service.nullSender : job.route.sender
  }

  private func stamped(_ header: HeaderBlock, _ service: PipeService, _ job: Job) -> Bytes {
    var header = header
    if service.has("D") { header.prepend(HeaderBlock.deliveredTo, job.route.recipient) }
    if service.has("O") { header.prepend(HeaderBlock.originalTo, job.recipients.first?.address ?? []) }
    if service.has("R") { header.prepend(HeaderBlock.returnPath, [0x3C] + sender(service, job) + [0x3E]) }
    return header.message
  }

  private func form(_ service: PipeService, _ job: Job) -> MessageForm {
    var form = MessageForm()
    if service.has("F") { form.fromLine = FromLine.postfix(sender: sender(service, job), at: MailDates.now()) }
    form.quotesFromLines = service.has(">")
    form.quotesDots = service.has(".")
    form.endsWithEmptyLine = service.has("B")
    form.lineEnd = service.lineEnd
    return form
  }
}
