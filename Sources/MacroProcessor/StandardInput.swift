// StandardInput.swift: standard input, shared with those who read it after us.
//
// A command of syscmd, or the next program of a script, reads a file on standard input from where
// we stand in it, and not from where we have read ahead to:
//
//     ── read ──┬── read ahead ──┬──
//           the cursor     the descriptor's place, which goes back to the cursor
//
// Reading goes on where a command left the descriptor. Pipes and terminals do not go back: what is read
// there is ours.

import Glibc
import Posix

extension Processor {
  /// Sets the descriptor back to what was not read yet, and forgets what was read ahead.
  ///
  /// - Returns: the block of standard input, where that was done.
  @discardableResult
  mutating func giveBackStandardInput() -> Int? {
    guard let place = (0..<blocks.count).last(where: { blocks[$0].isStandardInput }) else { return nil }
    let isTop = place == blocks.count - 1
    let next = isTop ? cursor : blocks[place].cursor
    let ahead = blocks[place].limit - next + streamRest.count
    guard lseek(0, -ahead, SEEK_CUR) >= 0 else { return nil }
    streamRest = []
    blocks[place].limit = next
    blocks[place].isStream = true
    if isTop { limit = next }
    return place
  }

  /// Goes on reading at the descriptor's place.
  mutating func takeStandardInput(again place: Int) {
    do throws(Errno) {
      replaceStream(at: place, with: try nextOfStream())
    } catch {
      failures.newStream = error
      blocks[place].isStream = false
    }
  }
}
