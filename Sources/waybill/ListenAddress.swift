// ListenAddress.swift: `127.0.0.1:2525`, `[::1]:2525`, `:2525`, `2525`.

import ArgumentParser
import MTA

/// An address and a port on the command line; loopback where no address is given.
struct ListenAddress: ExpressibleByArgument {
  let listener: RuntimeSettings.Listener

  init?(argument: String) {
    var host = "127.0.0.1"
    var port = Substring(argument)
    if let colon = argument.lastIndex(of: ":") {
      port = argument[argument.index(after: colon)...]
      let written = argument[..<colon]
      if written.hasPrefix("["), written.hasSuffix("]") {
        host = String(written.dropFirst().dropLast())
      } else if written.contains(":") {
        return nil
      } else if !written.isEmpty {
        host = String(written)
      }
    }
    guard let number = UInt16(port) else { return nil }
    listener = RuntimeSettings.Listener(host: host, port: Int(number))
  }
}
