// ServedHost.swift: `waybill serve` as built, on ports that the kernel chose.

import Foundation
import TestSupport

/// One run of the command, and what it says.
final class ServedHost {
  let folder: TemporaryFolder
  private(set) var port: UInt16 = 0
  private var group: ProcessGroup
  private let words: [String]
  private var runs = 0

  struct Failure: Error, CustomStringConvertible { let description: String }

  /// - Parameters:
  ///   - configuration: relative to `folder`, which gets a copy of an example and its build.
  ///   - relay: where all mail for other hosts goes.
  ///   - listen: 0 for a port that the kernel chooses, at each start.
  ///   - example: a folder of `examples`.
  ///   - prepare: given the folder of the build, before the command starts.
  ///   - starter: what starts the command, given our folder.
  convenience init(
    _ configuration: String, relay: UInt16?, _ extra: [String] = [], example: String = "debian", listen: UInt16 = 0,
    prepare: (String) throws -> Void = { _ in }, starter: (TemporaryFolder) throws -> [String] = { _ in [] }
  ) throws {
    let folder = try TemporaryFolder()
    let example = Checkout.root + "/examples/" + example
    let built = try run(
      Checkout.command("waybill"),
      ["build", example + "/sendmail.mc", "--tables", example, "--postfix", "-o", folder.path + "/out"])
    guard built.status == 0 else { throw Failure(description: "\(built)") }
    // An account that the real programs know, too.
    let accounts = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path + "/out/passwd"))
    try accounts.seekToEnd()
    try accounts.write(contentsOf: Data("daemon:x:1:1::/:/bin/sh\n".utf8))
    try accounts.close()
    try prepare(folder.path + "/out")
    try self.init(
      in: folder, configuration, relay: relay, ["--tables", folder.path + "/out"] + extra, listen: listen,
      starter: try starter(folder))
  }

  /// - Parameters:
  ///   - folder: holds the configuration.
  ///   - relay: where all mail for other hosts goes; nil for where it is routed.
  ///   - starter: what starts the command, with its first words.
  init(
    in folder: TemporaryFolder, _ configuration: String, relay: UInt16?, _ extra: [String] = [], listen: UInt16 = 0,
    starter: [String] = []
  ) throws {
    self.folder = folder
    words =
      starter + [Checkout.command("waybill"), "serve", folder.path + "/" + configuration]
      + [
        "--state", folder.path + "/state", "--listen", "127.0.0.1:\(listen)", "--retry", "1",
      ] + (relay.map { ["--relay-to", "127.0.0.1:\($0)"] } ?? []) + extra
      + (isRoot ? ["--user", unprivilegedUser] : [])
    try folder.giveAway()
    group = try Self.start(words, folder.path + "/log0")
    try waitUntilListening()
  }

  deinit { group.end() }

  private static func start(_ words: [String], _ log: String) throws -> ProcessGroup {
    let line = words.map { "'\($0)'" }.joined(separator: " ")
    return try ProcessGroup("/bin/sh", ["-c", "exec \(line) 2>'\(log)'"])
  }

  private func waitUntilListening() throws {
    port = 0
    let start = "waybill: listening on 127.0.0.1:"
    try wait(for: "the port") {
      if !group.isRunning { return true }
      guard let line = log.split(separator: "\n").first(where: { $0.hasPrefix(start) }) else { return false }
      port = UInt16(line.dropFirst(start.count)) ?? 0
      return port > 0
    }
    guard port > 0 else { throw Failure(description: "it ended: \(log)") }
  }

  /// What the run said so far.
  var log: String { (try? String(contentsOfFile: folder.path + "/log\(runs)", encoding: .utf8)) ?? "" }

  func wait(for what: String, seconds: Double = 60, _ isThere: () -> Bool) throws {
    let end = Date().addingTimeInterval(seconds)
    while !isThere() {
      guard Date() < end else { throw Failure(description: "waited for \(what)\n\(log)") }
      usleep(20_000)
    }
  }

  func signal(_ number: Int32) { kill(group.identifier, number) }

  var isRunning: Bool { group.isRunning }

  /// Ends it at once, as a crash does, and starts it anew on the same state.
  func crashAndRestart() throws {
    kill(group.identifier, SIGKILL)
    try restart()
  }

  func restart() throws {
    try wait(for: "the end") { !group.isRunning }
    runs += 1
    group = try Self.start(words, folder.path + "/log\(runs)")
    try waitUntilListening()
  }

  /// The messages in a mailbox, told apart by their From lines.
  func messages(of user: String) -> Int {
    let text = (try? String(contentsOfFile: folder.path + "/state/mail/" + user, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").count { $0.hasPrefix("From ") }
  }

  func mailbox(_ user: String) -> String {
    (try? String(contentsOfFile: folder.path + "/state/mail/" + user, encoding: .utf8)) ?? ""
  }

  /// A mailbox's bytes, once: the file goes.
  func takeMailbox(_ user: String) -> [UInt8]? {
    let path = folder.path + "/state/mail/" + user
    guard let data = FileManager.default.contents(atPath: path), data.suffix(2) == Data([0x0A, 0x0A]) else {
      return nil
    }
    unlink(path)
    return Array(data)
  }
}
