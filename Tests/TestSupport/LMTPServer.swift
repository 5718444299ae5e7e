// LMTPServer.swift: a server on a socket of this host that notes every line it is told.
//
// It answers LHLO, EHLO and HELO. RCPT and the end of data have one reply each for every
// recipient: those that a name begins with, else yes.
//
// Fails: a client that goes away is forgotten.

import Foundation

package final class LMTPServer: @unchecked Sendable {
  /// What is answered about recipients whose local part begins so.
  package struct Rule: Sendable {
    var prefix: String
    var recipient: String?
    var end: String?

    package init(_ prefix: String, recipient: String? = nil, end: String? = nil) {
      (self.prefix, self.recipient, self.end) = (prefix, recipient, end)
    }
  }

  private let listener: Int32
  private let offers: [String]
  private let rules: [Rule]
  private let isLMTP: Bool
  private let lock = NSLock()
  private var lines: [[String]] = []

  /// - Parameters:
  ///   - path: of the socket; anybody may connect.
  ///   - offers: what LHLO lists.
  package init(_ path: String, offers: [String] = [], rules: [Rule] = [], isLMTP: Bool = true) throws {
    (self.offers, self.rules, self.isLMTP) = (offers, rules, isLMTP)
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < room else { throw POSIXError(.ENAMETOOLONG) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0, listen(listener, 100) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    chmod(path, 0o666)
    let descriptor = listener
    Thread.detachNewThread { [weak self] in
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0, let server = self else { return }
        Thread.detachNewThread { server.serve(client) }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// What each client has said, commands and text, line by line; clients that have ended only.
  package var dialogues: [[String]] {
    lock.lock()
    defer { lock.unlock() }
    return lines
  }

  private func serve(_ client: Int32) {
    guard let stream = fdopen(client, "r+") else { return }
    defer { fclose(stream) }
    var said: [String] = []
    var recipients: [String] = []
    reply(stream, "220 sink LMTP")
    while let line = read(stream) {
      said.append(line)
      switch line.prefix(4).uppercased() {
      case "QUIT":
        lock.lock()
        lines.append(said)
        lock.unlock()
        return reply(stream, "221 bye")
      case "LHLO", "EHLO", "HELO":
        for offer in ["sink"] + offers { reply(stream, "250-\(offer)") }
        reply(stream, "250 HELP")
      case "RCPT":
        let answer = rule(for: line)?.recipient ?? "250 2.1.5 ok"
        if answer.hasPrefix("250") { recipients.append(line) }
        reply(stream, answer)
      case "DATA":
        guard !recipients.isEmpty else {
          reply(stream, "503 5.5.1 nobody")
          continue
        }
        reply(stream, "354 go on")
        while let text = read(stream) {
          said.append(text)
          if text == "." { break }
        }
        for recipient in isLMTP ? recipients : Array(recipients.prefix(1)) {
          reply(stream, rule(for: recipient)?.end ?? "250 2.0.0 taken")
        }
        recipients = []
      case "MAIL", "RSET":
        recipients = []
        reply(stream, "250 2.0.0 ok")
      default: reply(stream, "500 5.5.2 what")
      }
    }
  }

  private func rule(for line: String) -> Rule? {
    rules.first { line.contains("<\($0.prefix)") }
  }

  private func reply(_ stream: UnsafeMutablePointer<FILE>, _ line: String) {
    let bytes = Array((line + "\r\n").utf8)
    _ = bytes.withUnsafeBytes { send(fileno(stream), $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  private func read(_ stream: UnsafeMutablePointer<FILE>) -> String? {
    var bytes: [UInt8] = []
    while true {
      let next = getc(stream)
      if next == EOF { return nil }
      if next == 0x0A { break }
      if next != 0x0D { bytes.append(UInt8(truncatingIfNeeded: next)) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
