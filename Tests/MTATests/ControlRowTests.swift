// The lines of the control socket, and which messages a selection means.

import MTA
import MailAddress
import Testing

@Suite("Lines of the control socket")
struct ControlRowTests {
  @Test("any bytes come through, empty fields too")
  func roundTrip() throws {
    for fields: [Bytes] in [
      [Bytes(ascii: "list")], [[], [0], [0x3D], [0x0A, 0x20, 0x2B, 0xFF]], [Bytes(0...255)], [[], []],
    ] {
      let line = ControlRow(fields).line
      #expect(line.last == 0x0A)
      #expect(line.dropLast().allSatisfy { (0x20...0x7E).contains($0) })
      #expect(ControlRow(line: line.dropLast())?.fields == fields)
    }
  }

  @Test("what is no line is none", arguments: ["a  b", "+", "a+0", " a", "a ", ""])
  func faulty(_ line: String) {
    #expect(ControlRow(line: line.utf8) == nil)
  }
}
