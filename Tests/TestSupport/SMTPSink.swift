// SMTPSink.swift: a server that takes every message and notes its envelope.
//
// For what the real smtp client rewrites on its way out. It listens on a port of
// 127.0.0.1 that the kernel chose and ends with its value.

import Foundation

package final class SMTPSink: @unchecked Sendable {
  package private(set) var port: UInt16 = 0
  private let listener: Int32
  private let lock = NSLock()
  private var taken: [PostfixInstance.Note] = []
  private var texts: [[UInt8]] = []
  private var commands: [String] = []
  private let offers: [String]

  /// - Parameter offers: what EHLO lists.
  package init(offers: [String] = []) throws {
    self.offers = offers
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = SMTPSession.loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 100) == 0
          ? getsockname(descriptor, $0, &length) : -1
      }
    }
    guard result == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [weak self] in
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { return }
        guard let sink = self else {
          close(client)
          return
        }
        Thread.detachNewThread { sink.serve(client) }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  package var notes: [PostfixInstance.Note] {
    lock.lock()
    defer { lock.unlock() }
    return taken
  }

  /// The messages as they came, without the dots of the transfer; lines end in LF.
  package var messages: [[UInt8]] {
    lock.lock()
    defer { lock.unlock() }
    return texts
  }

  /// MAIL and RCPT as they were said.
  package var envelopes: [String] {
    lock.lock()
    defer { lock.unlock() }
    return commands
  }

  private func note(_ command: String) {
    lock.lock()
    defer { lock.unlock() }
    commands.append(command)
  }

  private func serve(_ client: Int32) {
    guard let stream = fdopen(client, "r+") else {
      close(client)
      return
    }
    defer { fclose(stream) }
    var sender = ""
    var recipients: [String] = []
    // Who offers something calls itself so: sendmail says HELO to others.
    reply(stream, offers.isEmpty ? "220 sink" : "220 sink ESMTP")
    while let line = readLine(stream) {
      switch line.prefix(4).uppercased() {
      case "QUIT":
        reply(stream, "221 bye")
        return
      case "EHLO": for line in ["sink"] + offers { reply(stream, "250-\(line)") }
      case "MAIL":
        note(line)
        (sender, recipients) = (path(line), [])
      case "RCPT":
        note(line)
        recipients.append(path(line))
      case "DATA":
        reply(stream, "354 go on")
        let text = readText(stream)
        take(sender, recipients, Self.header(of: text), text)
      default: break
      }
      reply(stream, "250 ok")
    }
  }

  private func take(_ sender: String, _ recipients: [String], _ header: [String: String], _ text: [UInt8]) {
    lock.lock()
    defer { lock.unlock() }
    texts.append(text)
    for recipient in recipients {
      taken.append(
        PostfixInstance.Note(
          tag: header["X-Test"] ?? "", transport: "smtp", nexthop: "[127.0.0.1]:\(port)",
          sender: sender, recipient: recipient, from: header["From"] ?? "",
          to: header["To"] ?? ""))
    }
  }

  /// Reads up to the dot.
  private func readText(_ stream: UnsafeMutablePointer<FILE>) -> [UInt8] {
    var text: [UInt8] = []
    while let line = readBytes(stream), line != [0x2E] {
      text += line.dropFirst(line.first == 0x2E ? 1 : 0) + [0x0A]
    }
    return text
  }

  /// The message's own header fields.
  private static func header(of text: [UInt8]) -> [String: String] {
    var fields: [String: String] = [:]
    for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
      if line.isEmpty { break }
      let line = String(decoding: line, as: UTF8.self)
      guard let colon = line.firstIndex(of: ":") else { continue }
      fields[String(line[..<colon])] = String(line[colon...].dropFirst(2))
    }
    return fields
  }

  /// What stands between the angle brackets of a command.
  private func path(_ line: String) -> String {
    guard let start = line.firstIndex(of: "<"), let end = line.lastIndex(of: ">") else { return "" }
    return String(line[line.index(after: start)..<end])
  }

  private func reply(_ stream: UnsafeMutablePointer<FILE>, _ line: String) {
    // Not by stdio: a client that was killed meanwhile would end this process, too.
    let bytes = Array((line + "\r\n").utf8)
    _ = bytes.withUnsafeBytes { send(fileno(stream), $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  private func readLine(_ stream: UnsafeMutablePointer<FILE>) -> String? {
    readBytes(stream).map { String(decoding: $0, as: UTF8.self) }
  }

  private func readBytes(_ stream: UnsafeMutablePointer<FILE>) -> [UInt8]? {
    var bytes: [UInt8] = []
    while true {
      let next = getc(stream)
      if next == EOF { return nil }
      if next == 0x0A { break }
      if next != 0x0D { bytes.append(UInt8(truncatingIfNeeded: next)) }
    }
    return bytes
  }
}
