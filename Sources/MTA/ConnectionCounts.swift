// ConnectionCounts.swift: how many connections each client has, and had in the last minute.
//
// For `${client_connections}`, `${client_rate}` and `${total_rate}`; kept only where the
// configuration names one of them. A client is an address.

import MailAddress
import NIOConcurrencyHelpers
import Routing

final class ConnectionCounts: Sendable {
  private struct State {
    var open: [Bytes: Int] = [:]
    /// When each connection of the window began, oldest first.
    var begun: [Bytes: [Int]] = [:]
    var lastSweep = 0
  }

  private let window: Int
  private let state = NIOLockedValueBox(State())

  /// - Parameter window: ConnectionRateWindowSize, seconds.
  init(window: Int) { self.window = max(1, window) }

  /// A connection that begins counts itself.
  func begin(_ address: Bytes, now: Int) -> Client.Load {
    state.withLockedValue { state in
      sweep(&state, now)
      state.open[address, default: 0] += 1
      state.begun[address, default: []].append(now)
      return Client.Load(
        open: state.open[address] ?? 1, recent: state.begun[address]?.count ?? 1,
        recentOfAll: state.begun.values.reduce(0) { $0 + $1.count })
    }
  }

  func end(_ address: Bytes) {
    state.withLockedValue { state in
      let left = (state.open[address] ?? 1) - 1
      state.open[address] = left > 0 ? left : nil
    }
  }

  /// Forgets what is older than the window, once a second.
  private func sweep(_ state: inout State, _ now: Int) {
    guard now != state.lastSweep else { return }
    state.lastSweep = now
    let oldest = now - window
    state.begun = state.begun.compactMapValues { times in
      let kept = times.filter { $0 > oldest }
      return kept.isEmpty ? nil : kept
    }
  }
}
