import MailAddress
import Testing

@Suite("Addresses in their two forms")
struct AddressTests {
  /// Internal form, quoted form (RFC 5321, 4.1.2).
  static let forms = [
    ("user@example.com", "user@example.com"), ("two words@example.com", "\"two words\"@example.com"),
    ("a@b@c", "\"a@b\"@c"), (".a@b", "\".a\"@b"), ("a..b@c", "\"a..b\"@c"), ("", ""),
    ("say\"so@b", "\"say\\\"so\"@b"), ("back\\slash@b", "\"back\\\\slash\"@b"), ("user", "user"),
    ("@relay:two words@c", "@relay:\"two words\"@c"), ("@b", "@b"),
  ]

  @Test("quotes appear where they are needed and go again", arguments: forms)
  func quoting(_ internalForm: String, _ quoted: String) {
    #expect(AddressForm.quoted(Bytes(internalForm.utf8)).text == quoted)
    #expect(AddressForm.unquoted(Bytes(quoted.utf8)).text == internalForm)
  }

  @Test("no bytes make the scanner fail, and quotes go as they came")
  func anyBytes() {
    var random = SystemRandomNumberGenerator()
    let alphabet = Bytes("a.@\"\\()[]<>,;:!% |\u{fc}".utf8)
    for _ in 0..<3000 {
      let text = (0..<Int.random(in: 0...20, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      _ = AddressForm.unquoted(text)
      let quoted = AddressForm.quoted(text)
      // A route before the address is kept as it is, so the way back is not unique.
      if text.first != .at { #expect(AddressForm.unquoted(quoted) == text) }
    }
  }
}
