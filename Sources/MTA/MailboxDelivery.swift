// MailboxDelivery.swift: mail for mailboxes, maildirs and files of this host.
//
//                  by default                     with --host-mailboxes (main.cf)
//     spool        STATE/mail/USER or --spool     mail_spool_directory/USER
//     home         STATE/home/USER/Maildir/       home_mailbox in the account's home
//     virtual(8)   STATE/virtual/…                virtual_mailbox_base/…
//
// A place that ends in `/` is a maildir. Names come from strangers: one that leads out of
// its folder is nobody's.
//
// Fails: as `Mailbox` and `Maildir` do.

import Delivery
import MailAddress
import Posix
import Routing

extension DeliveryAgents {
  func mailbox(
    _ user: Bytes, _ command: Bytes?, _ job: Job, _ copy: OutgoingText
  ) throws(HeaderFailure) -> [Outcome] {
    guard !user.isEmpty, user.first != .dot, !user.contains(.slash), !user.contains(0) else {
      return [Outcome(kind: .failed, reply: Reply(550, "5.1.1", "no mailbox has that name"))]
    }
    if settings.usesMailboxPrograms {
      if let command { return [run(command, for: user, job, copy)] }
      if configuration.voice == .sendmail {
        if let server = try nextServer(job) { return converse(with: server, job, copy) }
        if let outcome = try localMailer(job, copy) { return [outcome] }
      }
    }
    return [append(job, copy, to: place(of: user), isOurs: !settings.usesHostMailboxes)]
  }

  /// A file that an alias or .forward names, or a mailbox of virtual(8).
  func file(_ path: Bytes, _ job: Job, _ copy: OutgoingText) -> Outcome {
    if let base = configuration.postfix?.virtualBases[job.route.transport] {
      return virtual(path, base: base, job, copy)
    }
    guard settings.usesPrograms else { return closed("file \(path.text)") }
    if configuration.voice == .postfix, path.last == .slash { return append(job, copy, to: path.text, isOurs: false) }
    var file = FileDelivery(path.text)
    file.sizeLimit = configuration.postfix?.mailboxLimit
    do throws(DeliveryFailure) { try file.append(copy.form.render(stamped(job, copy))) } catch {
      return Outcome(error)
    }
    return sent("delivered to file: \(path.text)")
  }

  private func virtual(_ path: Bytes, base: Bytes, _ job: Job, _ copy: OutgoingText) -> Outcome {
    if settings.usesHostMailboxes, let root = configuration.postfix?.root {
      return append(job, copy, to: root + path.text, isOurs: false)
    }
    let below = path.starts(with: base) ? Bytes(path.dropFirst(base.count)) : path
    guard !below.split(separator: .slash).contains(Bytes(ascii: "..")[...]), !below.contains(0) else {
      return .misconfigured
    }
    return append(job, copy, to: settings.stateFolder + "/virtual" + (below.first == .slash ? "" : "/") + below.text)
  }

  // MARK: places

  private func place(of user: Bytes) -> String {
    guard let agents = configuration.postfix else { return settings.mailFolder + "/" + user.text }
    if !agents.homeMailbox.isEmpty {
      return home(of: user, agents) + "/" + agents.homeMailbox.text
    }
    let folder = agents.spoolFolder.text
    let ending = folder.hasSuffix("/") ? "/" : ""
    guard settings.usesHostMailboxes, settings.spoolFolder == nil else {
      return settings.mailFolder + "/" + user.text + ending
    }
    return agents.root + folder + (ending.isEmpty ? "/" : "") + user.text + ending
  }

  private func home(of user: Bytes, _ agents: PostfixAgents) -> String {
    if settings.usesHostMailboxes, let account = UserAccount.named(user.text, root: agents.root) {
      return agents.root + account.home
    }
    return settings.stateFolder + "/home/" + user.text
  }

  // MARK: writing

  /// - Parameter isOurs: the place is below the state folder, so that missing folders are made.
  private func append(_ job: Job, _ copy: OutgoingText, to place: String, isOurs: Bool = true) -> Outcome {
    let text = stamped(job, copy)
    let isMaildir = place.hasSuffix("/")
    do throws(DeliveryFailure) {
      // Both agents make the folders above a maildir, and none above a file.
      if isMaildir || isOurs { try makeParents(of: place) }
      if isMaildir {
        try Maildir(place, host: configuration.hostName.text).deliver(MessageForm().render(text))
        return sent("delivered to maildir")
      }
      var box = Mailbox(place)
      box.locks = configuration.locks
      let isVirtual = configuration.postfix?.virtualBases[job.route.transport] != nil
      box.sizeLimit = isVirtual ? configuration.postfix?.virtualLimit : configuration.postfix?.mailboxLimit
      try box.append(copy.form.render(text))
      return sent("delivered to mailbox")
    } catch {
      return Outcome(error)
    }
  }

  private func makeParents(of place: String) throws(DeliveryFailure) {
    let parts = place.split(separator: "/").dropLast()
    let folder = (place.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    do throws(Errno) { try makeFolders(folder, mode: 0o700) } catch { throw .file(folder, error, "cannot make") }
  }

  /// In the words of each system.
  func sent(_ words: String) -> Outcome { .delivered(configuration.voice == .postfix ? words : "Sent") }
}
