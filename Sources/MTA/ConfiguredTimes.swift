// ConfiguredTimes.swift: how long things may take, as configurations write it.

import PostfixConfig
import Rulesets
import SMTP

/// Seconds of a time as configurations write it; nil for what is none.
package func configuredSeconds(_ text: String, unit: Int) -> Int? { ConfiguredTime.seconds(text, unit: unit) }

enum ConfiguredTime {
  /// Seconds of `4h`, `1d12h`, `30m`; a number alone is of the unit.
  static func seconds(_ text: String?, unit: Int) -> Int? {
    guard let text, !text.isEmpty else { return nil }
    var total = 0
    var number: Int?
    for byte in text.utf8 {
      if (0x30...0x39).contains(byte) {
        number = min((number ?? 0) * 10 + Int(byte - 0x30), 1 << 32)
        continue
      }
      let units: [UInt8: Int] = [0x73: 1, 0x6D: 60, 0x68: 3600, 0x64: 86_400, 0x77: 604_800]
      guard let given = number, let factor = units[byte | 0x20] else { return nil }
      // No text, however long, may lead beyond what a number holds.
      total = min(total + given * factor, 1 << 40)
      number = nil
    }
    return min(total + (number ?? 0) * unit, 1 << 40)
  }
}

/// After how many seconds a sender hears of a delay, and gets the message back.
struct QueueLifetimes: Sendable, Equatable {
  /// 0 for never.
  var warning = 0
  var end = 5 * 86_400

  init(_ options: CFOptions) {
    warning = ConfiguredTime.seconds(options.text("Timeout.queuewarn"), unit: 3600) ?? 0
    end = ConfiguredTime.seconds(options.text("Timeout.queuereturn"), unit: 86_400) ?? end
  }

  init(_ settings: Settings) {
    warning = ConfiguredTime.seconds(settings.value("delay_warning_time").text, unit: 3600) ?? 0
    end = ConfiguredTime.seconds(settings.value("maximal_queue_lifetime").text, unit: 86_400) ?? end
  }
}

/// How many seconds a client has to say something.
struct SessionPatience: Sendable, Equatable {
  var command = 3600
  var data = 3600
  var handshake = 3600

  func seconds(for kind: ServerTimeout) -> Int {
    switch kind {
    case .command: command
    case .data: data
    case .handshake: handshake
    }
  }

  init(_ options: CFOptions) {
    command = max(1, ConfiguredTime.seconds(options.text("Timeout.command"), unit: 60) ?? command)
    data = max(1, ConfiguredTime.seconds(options.text("Timeout.datablock"), unit: 60) ?? data)
    handshake = max(1, ConfiguredTime.seconds(options.text("Timeout.starttls"), unit: 60) ?? handshake)
  }

  init(_ smtpd: Settings) {
    // `${stress?10}${stress:300}s` in its default: a number of seconds either way.
    command = max(1, ConfiguredTime.seconds(smtpd.value("smtpd_timeout").text, unit: 1) ?? 300)
    data = command
    handshake = max(1, ConfiguredTime.seconds(smtpd.value("smtpd_starttls_timeout").text, unit: 1) ?? 300)
  }
}
