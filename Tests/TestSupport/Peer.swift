// Peer.swift: the real programs that ours are compared with.
//
// `make peers` unpacks them below `.build/peers`. A missing peer is skipped
// aloud on somebody's machine; where CI is set it is a failure, because a
// comparison that did not happen proves nothing.

import Foundation

package struct Peer: Sendable {
  package let name: String
  /// Below `.build/peers/root`.
  let relativePath: String

  package static let m4 = Peer(name: "GNU m4", relativePath: "usr/bin/m4")
  package static let sendmail = Peer(
    name: "sendmail", relativePath: "usr/libexec/sendmail/sendmail")
  package static let makemap = Peer(
    name: "sendmail's makemap", relativePath: "usr/libexec/sendmail/makemap")
  package static let postmap = Peer(name: "postmap", relativePath: "usr/sbin/postmap")
  package static let postconf = Peer(name: "postconf", relativePath: "usr/sbin/postconf")
  package static let postfix = Peer(name: "postfix", relativePath: "usr/sbin/postfix")
  package static let posttlsFinger = Peer(name: "posttls-finger", relativePath: "usr/sbin/posttls-finger")
  package static let postqueue = Peer(name: "postqueue", relativePath: "usr/sbin/postqueue")
  package static let smtpSource = Peer(name: "smtp-source", relativePath: "usr/sbin/smtp-source")
  package static let smtpSink = Peer(name: "smtp-sink", relativePath: "usr/sbin/smtp-sink")
  package static let swaks = Peer(name: "swaks", relativePath: "usr/bin/swaks")
  package static let pflogsumm = Peer(name: "pflogsumm", relativePath: "usr/sbin/pflogsumm")
  package static let namedCheckzone = Peer(name: "named-checkzone", relativePath: "usr/bin/named-checkzone")
  package static let ninja = Peer(name: "ninja", relativePath: "usr/bin/ninja")
  package static let postalias = Peer(name: "postalias", relativePath: "usr/sbin/postalias")

  package static let autoconf = Peer(name: "autoconf", relativePath: "usr/bin/autoconf")
  package static let bison = Peer(name: "Bison", relativePath: "usr/bin/bison")

  package static let folder = Checkout.root + "/.build/peers"
  /// sendmail's m4 library, in a copy whose paths point at itself.
  package static let library = folder + "/cf"
  static let root = folder + "/root"

  package var path: String { Self.root + "/" + relativePath }

  package var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

  /// Whether tests that need it are to run: where it is, and always where CI is set.
  package var isWanted: Bool { isThere || ProcessInfo.processInfo.environment["CI"] != nil }

  package var hint: String { "\(name) not found; run `make peers`" }

  /// The unpacked libraries first, so that the programs run on a bare machine.
  package static let environment: [String: String?] = {
    let folders = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib/postfix"]
    // swaks is written in Perl, whose modules are kept in a folder for each of its versions.
    let perl = root + "/usr/lib/x86_64-linux-gnu/perl5"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: perl)) ?? []
    return [
      "LD_LIBRARY_PATH": folders.map { root + "/" + $0 }.joined(separator: ":"),
      "PERL5LIB": versions.map { perl + "/" + $0 }.joined(separator: ":"),
    ]
  }()

  package func run(
    _ arguments: [String], input: [UInt8] = [], in folder: String? = nil,
    environment: [String: String?] = [:], seconds: Double = 180
  ) throws -> RunResult {
    try TestSupport.run(
      path, arguments, input: input, in: folder,
      environment: Self.environment.merging(environment) { $1 }, seconds: seconds)
  }

  /// What pflogsumm counts in a log: `2 deferred (2 deferrals)` and so on.
  package static func messageCounts(inLog path: String) throws -> [String] {
    let modules = ["usr/share/perl5", "usr/lib/x86_64-linux-gnu/perl5"].map { root + "/" + $0 }
    let versions = try FileManager.default.contentsOfDirectory(atPath: modules[1]).map { modules[1] + "/" + $0 }
    let result = try TestSupport.run(
      "/usr/bin/perl", ([modules[0]] + versions).map { "-I" + $0 } + [pflogsumm.path, path])
    let lines = result.text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    let words = ["received", "delivered", "forwarded", "deferred", "bounced", "rejected"]
    return lines.filter { line in words.contains { line.split(separator: " ").dropFirst().first == $0[...] } }
  }

  /// Runs it under a dotted host name, without which sendmail waits a minute at each start. Needs root.
  package func runOnHost(
    _ host: String, _ arguments: [String], input: [UInt8] = [], in folder: String? = nil,
    seconds: Double = 180
  ) throws -> RunResult {
    try TestSupport.run(
      path, arguments, input: input, in: folder, environment: Self.environment, onHost: host, seconds: seconds)
  }
}

/// Whether this process may make namespaces and become others.
package let isRoot = geteuid() == 0
package let rootHint = "needs root: sendmail must run under a dotted host name (unshare -u)"
