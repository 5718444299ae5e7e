// PostfixInstance.swift: a private Postfix, whose transports only take notes.
//
// Below one temporary folder, on a port that the kernel chose, owned by accounts
// that every Debian has. Delivery agents are replaced by a recorder that notes
// transport, nexthop, sender and recipient; smtpd, cleanup, trivial-rewrite and
// qmgr (and local, where a test asks for it) are the real ones. It needs root,
// because master does.
//
// Fails: with the log of the instance in the message. `stop` ends master and
// all its children by their process group.

import Foundation

package final class PostfixInstance {
  /// What one delivery agent was given.
  package struct Note: Sendable, Hashable {
    package var tag: String
    package var transport: String
    package var nexthop: String
    package var sender: String
    package var recipient: String
    /// The addresses in the message's From: and To:.
    package var from: String
    package var to: String

    package init(
      tag: String, transport: String, nexthop: String, sender: String, recipient: String,
      from: String = "", to: String = ""
    ) {
      self.tag = tag
      self.transport = transport
      self.nexthop = nexthop
      self.sender = sender
      self.recipient = recipient
      self.from = from
      self.to = to
    }
  }

  package struct Failure: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
  }

  package let folder: TemporaryFolder
  package private(set) var port: UInt16 = 0
  /// A server that the real smtp client delivers to.
  package var sink: SMTPSink?
  private var master: ProcessGroup?
  private let names: TestNameServer?

  /// The folder of main.cf.
  package var configuration: String { folder.path + "/etc" }
  package var logPath: String { folder.path + "/log/postfix" }

  /// - Parameters:
  ///   - main: lines of main.cf, after those that make the instance private.
  ///   - master: lines of master.cf, after our own; a service named again replaces ours.
  ///   - files: further files of the configuration folder.
  ///   - recorders: services that only take notes.
  ///   - smtpd: options of the service that listens, `name=value`.
  ///   - names: who answers its questions to the DNS; nobody is asked without.
  ///   - values: what `@NAME@` stands for in main.cf and the files; `@FOLDER@` is
  ///     the instance's own folder.
  package init(
    main: String, master: String = "", files: [String: String] = [:],
    recorders: [String] = PostfixInstance.agents, smtpd: [String] = [], names: TestNameServer? = nil,
    values: [String: String] = [:]
  ) throws {
    self.names = names
    folder = try TemporaryFolder()
    port = try Self.freePort()
    try makeFolders()
    func filled(_ text: String) -> String {
      values.merging(["FOLDER": folder.path]) { $1 }.reduce(text) {
        $0.replacingOccurrences(of: "@\($1.key)@", with: $1.value)
      }
    }
    for (name, text) in files { try folder.write("etc/" + name, filled(text)) }
    try folder.write("etc/main.cf", Self.privateSettings(folder.path, asksNames: names != nil) + filled(main))
    if let names { try folder.write("resolv.conf", names.resolverFile) }
    try folder.write("etc/master.cf", masterConfiguration(recorders, smtpd) + master)
    for name in ["etc/main.cf", "etc/master.cf"] { folder.age(name) }
    try folder.write("etc/dynamicmaps.cf", "")
    // The list by which `postfix check` makes the queue's folders.
    try FileManager.default.copyItem(
      atPath: Peer.root + "/etc/postfix/postfix-files", toPath: configuration + "/postfix-files")
    try folder.write("recorder", Self.recorder(folder.path + "/notes/list"))
  }

  deinit { stop() }

  package static let agents = [
    "local", "virtual", "smtp", "relay", "lmtp", "error", "retry", "discard",
  ]

  // MARK: configuration

  private func makeFolders() throws {
    for name in ["etc", "spool", "data", "log", "notes"] {
      try FileManager.default.createDirectory(
        atPath: folder.path + "/" + name, withIntermediateDirectories: true)
    }
    // Daemons and the recorder run under accounts of their own.
    chmod(folder.path, 0o755)
    chmod(folder.path + "/notes", 0o777)
    for name in ["list", "file"] { chmod(try folder.write("notes/" + name, ""), 0o666) }
    guard let owner = getpwnam("daemon") else { throw Failure(description: "no account daemon") }
    chown(folder.path + "/data", owner.pointee.pw_uid, owner.pointee.pw_gid)
  }

  /// What keeps an instance to itself, whatever it is asked to route.
  private static func privateSettings(_ folder: String, asksNames: Bool) -> String {
    """
    compatibility_level = 3.6
    queue_directory = \(folder)/spool
    data_directory = \(folder)/data
    command_directory = \(Peer.root)/usr/sbin
    daemon_directory = \(Peer.root)/usr/lib/postfix/sbin
    shlib_directory = \(Peer.root)/usr/lib/postfix
    meta_directory = \(folder)/etc
    sendmail_path = \(Peer.root)/usr/sbin/sendmail
    newaliases_path = \(Peer.root)/usr/bin/newaliases
    mailq_path = \(Peer.root)/usr/bin/mailq
    mail_owner = daemon
    setgid_group = mail
    import_environment = MAIL_CONFIG TZ LD_LIBRARY_PATH
    maillog_file = \(folder)/log/postfix
    maillog_file_prefixes = \(folder)
    inet_interfaces = 127.0.0.1
    inet_protocols = ipv4
    disable_dns_lookups = \(asksNames ? "no" : "yes")
    smtpd_authorized_xclient_hosts = 0.0.0.0/0
    smtpd_error_sleep_time = 0s
    smtpd_hard_error_limit = 1000
    smtpd_client_connection_count_limit = 0
    default_destination_recipient_limit = 1

    """
  }

  private func masterConfiguration(_ recorders: [String], _ smtpd: [String]) -> String {
    let own = Self.services.filter { !recorders.contains($0.name) || $0.type == "inet" }
    let lines = own.map { service in
      let name = service.type == "inet" ? "127.0.0.1:\(port)" : service.name
      return "\(name) \(service.type) \(service.isPublic ? "n" : "-") "
        + "\(service.isPrivileged ? "n" : "-") n \(service.limits) \(service.program)"
        + (service.type == "inet" ? smtpd.map { "\n  -o \($0)" }.joined() : "")
    }
    return (lines + recorders.map(recordingService)).joined(separator: "\n") + "\n"
  }

  private func recordingService(_ name: String) -> String {
    """
    \(name) unix - n n - 10 pipe
      user=nobody null_sender= argv=/bin/sh \(folder.path)/recorder \(name) ${nexthop} ${sender} ${recipient}
    """
  }

  private struct Service {
    let name: String
    var type = "unix"
    var isPublic = false
    var isPrivileged = false
    var limits = "- -"
    let program: String
  }

  private static let services: [Service] = [
    Service(name: "smtpd", type: "inet", isPublic: true, program: "smtpd"),
    Service(name: "pickup", isPublic: true, limits: "60 1", program: "pickup"),
    Service(name: "cleanup", isPublic: true, limits: "- 0", program: "cleanup"),
    Service(name: "qmgr", isPublic: true, limits: "300 1", program: "qmgr"),
    Service(name: "rewrite", limits: "- -", program: "trivial-rewrite"),
    Service(name: "bounce", limits: "- 0", program: "bounce"),
    Service(name: "defer", limits: "- 0", program: "bounce"),
    Service(name: "trace", limits: "- 0", program: "bounce"),
    Service(name: "verify", limits: "- 1", program: "verify"),
    Service(name: "flush", isPublic: true, limits: "1000? 0", program: "flush"),
    Service(name: "proxymap", program: "proxymap"),
    Service(name: "proxywrite", limits: "- 1", program: "proxymap"),
    Service(name: "showq", isPublic: true, program: "showq"),
    Service(name: "anvil", limits: "- 1", program: "anvil"),
    Service(name: "scache", limits: "- 1", program: "scache"),
    Service(name: "tlsmgr", limits: "1000? 1", program: "tlsmgr"),
    Service(name: "postlog", type: "unix-dgram", isPublic: true, limits: "- 1", program: "postlogd"),
    Service(name: "local", isPrivileged: true, program: "local"),
    Service(name: "virtual", isPrivileged: true, program: "virtual"),
    Service(name: "smtp", program: "smtp"),
    Service(name: "relay", program: "smtp"),
    Service(name: "lmtp", program: "lmtp"),
    Service(name: "error", program: "error"),
    Service(name: "retry", program: "error"),
    Service(name: "discard", program: "discard"),
  ]

  /// Notes one line a delivery: fields divided by a unit separator, the tag read
  /// from the message's own header.
  private static func recorder(_ list: String) -> String {
    """
    tag= from= to=
    while IFS= read -r line; do
      case $line in
      'X-Test: '*) tag=${line#X-Test: };;
      'From: '*) from=${line#From: };;
      'To: '*) to=${line#To: };;
      '') break;;
      esac
    done
    transport=$1 nexthop=$2 sender=$3
    shift 3
    for recipient; do
      printf '%s\\037%s\\037%s\\037%s\\037%s\\037%s\\037%s\\n' \
        "$tag" "$transport" "$nexthop" "$sender" "$recipient" "$from" "$to" >> \(list)
    done

    """
  }

  // MARK: commands

  /// Runs one of Postfix's commands on this configuration.
  package func command(_ peer: Peer, _ arguments: [String], input: [UInt8] = []) throws -> RunResult {
    try peer.run(
      ["-c", configuration] + arguments, input: input,
      environment: ["MAIL_CONFIG": configuration])
  }

  /// Builds tables with the real postmap, `hash:name` for each.
  package func postmap(_ tables: [String]) throws {
    for table in tables {
      let parts = table.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { throw Failure(description: "\(table): no type") }
      let result = try command(Peer.postmap, ["\(parts[0]):\(configuration)/\(parts[1])"])
      guard result.status == 0 else { throw Failure(description: "postmap \(table): \(result)") }
    }
  }

  package func postalias(_ tables: [String]) throws {
    for table in tables {
      let parts = table.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { throw Failure(description: "\(table): no type") }
      let result = try command(Peer.postalias, ["\(parts[0]):\(configuration)/\(parts[1])"])
      guard result.status == 0 else { throw Failure(description: "postalias \(table): \(result)") }
    }
  }

  /// What `postconf -n` complains of; nothing in a clean configuration.
  package func complaintsOfPostconf() throws -> String {
    try command(Peer.postconf, ["-n"]).messageText
  }

  /// What `postfix check` says of it, without the date and the folder's own name.
  package func complaintsOfCheck() throws -> [String] {
    let result = try command(Peer.postfix, ["check"])
    return result.messageText.split(separator: "\n").map {
      $0.replacingOccurrences(of: folder.path, with: "")
    }
  }

  /// What has been logged so far.
  package var log: String {
    (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? ""
  }

  // MARK: life

  /// The folders of a queue as `postfix check` makes them, in an archive. Its scripts ask postconf
  /// a score of questions, so they do it for one instance and the others get copies.
  private static let queue = Result {
    let instance = try PostfixInstance(main: "")
    _ = try instance.command(Peer.postfix, ["check"])
    return try must(run("/bin/tar", ["-cf", "-", "-C", instance.folder.path, "spool"])).output
  }

  private func makeQueue() throws {
    _ = try Self.must(run("/bin/tar", ["-xpf", "-", "-C", folder.path], input: try Self.queue.get()))
  }

  private static func must(_ result: RunResult) throws -> RunResult {
    guard result.status == 0 else { throw Failure(description: "the folders of the queue: \(result)") }
    return result
  }

  /// Starts master and waits until smtpd accepts connections.
  package func start() throws {
    try makeQueue()
    var words = [Peer.root + "/usr/lib/postfix/sbin/master", "-c", configuration, "-d"]
    // Its resolv.conf is another only in a namespace of its own.
    if names != nil {
      let mount = "mount --bind \(folder.path)/resolv.conf /etc/resolv.conf && exec \"$@\""
      words = ["/usr/bin/unshare", "-m", "sh", "-c", mount, "sh"] + words
    }
    let process = try ProcessGroup(
      words[0], Array(words.dropFirst()),
      environment: Peer.environment.merging(["MAIL_CONFIG": configuration]) { $1 })
    master = process
    for _ in 0..<600 {
      guard process.isRunning else { break }
      if let session = try? SMTPSession(port: port) {
        session.close()
        return
      }
      usleep(50_000)
    }
    stop()
    throw Failure(description: "the private Postfix does not answer:\n\(log)")
  }

  /// Ends master and its children, by their process group.
  package func stop() {
    master?.end()
    master = nil
  }

  package static func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(description: "no socket") }
    defer { Glibc.close(descriptor) }
    var address = SMTPSession.loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
      }
    }
    guard result == 0 else { throw Failure(description: "no free port") }
    return UInt16(bigEndian: address.sin_port)
  }

  // MARK: notes

  /// Waits until nothing is on its way any more: all that will be delivered was.
  package func waitUntilIdle(seconds: Double = 60) throws {
    let end = Date().addingTimeInterval(seconds)
    var idle = 0
    while Date() < end {
      idle = files(in: ["maildrop", "incoming", "active"]) == 0 ? idle + 1 : 0
      if idle == 3 { return }
      usleep(50_000)
    }
    throw Failure(description: "mail still queued after \(seconds) s:\n\(log.suffix(4000))")
  }

  /// Whether a message (`queued as ID`) waits in the hold queue.
  package func isHeld(_ queueID: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.path + "/spool/hold/" + queueID)
  }

  private func files(in queues: [String]) -> Int {
    queues.reduce(0) { count, queue in
      let names = FileManager.default.enumerator(atPath: folder.path + "/spool/" + queue)
      return count + (names?.allObjects.compactMap { $0 as? String }.filter { $0.count > 2 }.count ?? 0)
    }
  }

  /// What the delivery agents were given so far.
  package func notes() throws -> [Note] {
    try recordedNotes() + (sink?.notes ?? []) + fileNotes()
  }

  /// Messages that were appended to `notes/file`.
  private func fileNotes() -> [Note] {
    let text = (try? String(contentsOfFile: folder.path + "/notes/file", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { $0.hasPrefix("X-Test: ") }.map {
      Note(tag: String($0.dropFirst(8)), transport: "file", nexthop: "", sender: "", recipient: "")
    }
  }

  private func recordedNotes() throws -> [Note] {
    guard let data = FileManager.default.contents(atPath: folder.path + "/notes/list") else { return [] }
    return data.split(separator: 0x0A).compactMap { line in
      let fields = line.split(separator: 0x1F, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      guard fields.count == 7 else { return nil }
      return Note(
        tag: fields[0], transport: fields[1], nexthop: fields[2], sender: fields[3],
        recipient: fields[4], from: fields[5], to: fields[6])
    }
  }
}
