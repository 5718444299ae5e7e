// TestSession+Commands.swift: the commands that begin with a slash.

import Rulesets
import SendmailCF

/// Which form of an address /parse and /try work on.
struct TryFlags {
  var isHeader = false
  var isSender = false

  var text: String { "\(isHeader ? "header" : "envelope") \(isSender ? "sender" : "recipient")" }
  var addressType: [UInt8] { [isHeader ? 0x68 : 0x65, 0x20, isSender ? 0x73 : 0x72] }
}

extension TestSession {
  func slash(_ command: String, _ rest: [UInt8], line: ArraySlice<UInt8>) {
    switch command {
    case "": output.write("Usage: /[canon|map|mx|parse|try|tryflags]\n")
    case "canon": canon(rest)
    case "map": map(rest)
    case "mx": exchangers(rest)
    case "parse": parse(rest)
    case "try": tryMailer(rest)
    case "tryflags": setFlags(rest)
    case "expand": expand(rest)
    case "gethostbyname": _ = engine.hosts.canonicalName(of: rest, engine)  // and nothing is said of it
    case "header": header(rest)
    case "sender": sender(rest)
    default:
      output.write("Unknown \"/\" command ")
      output.write(line.prefix { !isBlank($0) })
      output.newline()
    }
  }

  private func canon(_ name: [UInt8]) {
    guard !name.isEmpty else {
      output.write("Usage: /canon address\n")
      return
    }
    guard name.count <= Tokenizer.longestAddress else {
      output.write("Name too long\n")
      return
    }
    let found = engine.hosts.canonicalName(of: name, engine).flatMap { name.first == 0x5B ? nil : $0 }
    output.write("getcanonname(")
    output.write(name)
    output.write(") returns ")
    output.write(found ?? name)
    output.newline()
  }

  private func exchangers(_ name: [UInt8]) {
    guard !name.isEmpty else {
      output.write("Usage: /mx address\n")
      return
    }
    output.write("getmxrr(")
    output.write(name)
    // Without DNS nothing is exchanged but what stands in brackets, which is its own.
    guard name.first == 0x5B, name.last == 0x5D, name.count > 2 else {
      output.write(") returns 0 value(s):\n")
      return
    }
    output.write(") returns 1 value(s):\n\t")
    output.write(name)
    output.newline()
  }

  private func map(_ text: [UInt8]) {
    let name = Array(text.prefix { !isBlank($0) })
    guard !name.isEmpty else {
      output.write("Usage: /map mapname key\n")
      return
    }
    // One blank is between them; more belong to the key.
    let key = Array(text.dropFirst(name.count + 1))
    guard !key.isEmpty else {
      output.write("No key specified\n")
      return
    }
    guard let map = engine.maps.map(named: name, engine) else {
      output.write("Map named \"")
      output.write(name)
      output.write("\" not found\n")
      return
    }
    guard map.isOpen else {
      output.write("Map named \"")
      output.write(name)
      output.write("\" not open\n")
      return
    }
    output.write("map_lookup: ")
    output.write(name)
    output.write(" (")
    output.write(key)
    output.write(") ")
    let answer = map.lookUp(key, [], engine)
    if case .found(let value) = answer {
      output.write("returns ")
      output.write(value)
      output.write(" (\(answer.status))\n")
    } else {
      output.write("no match (\(answer.status))\n")
    }
  }

  private func setFlags(_ text: [UInt8]) {
    guard !text.isEmpty else {
      output.write("Usage: /tryflags [Hh|Ee][Ss|Rr]\n")
      return
    }
    for byte in text {
      switch byte | 0x20 {
      case 0x68: flags.isHeader = true
      case 0x65: flags.isHeader = false
      case 0x73: flags.isSender = true
      case 0x72: flags.isSender = false
      default: break
      }
    }
    if let number = engine.names.number(of: Array("addr_type".utf8)) {
      engine.macros[number] = flags.addressType.map { CFUnit($0) }
    }
  }

  private func expand(_ text: [UInt8]) {
    guard !text.isEmpty else {
      output.write("Usage: /expand string\n")
      return
    }
    output.writeVisible(text)
  }
}
