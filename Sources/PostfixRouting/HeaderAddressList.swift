// HeaderAddressList.swift: the addresses of one header field, as cleanup(8) and smtp(8) change them.
//
//     To: Fred Foo <fred (x) @here>, a b, list: c;
//         │         │              │      └ group: only with its `;`
//         │         │              └ two words without a name's brackets: two addresses
//         │         └ comments inside go behind the address
//         └ a name stays
//
// Where no address changes the field stays as it is, folds included. Otherwise all of it is
// written anew: one blank after a comma, a line for as many addresses as fit into 70 columns.
//
// Fails: with what `change` throws.

import MailAddress

struct HeaderAddressList {
  private enum Piece {
    case address([AddressToken])
    /// A name, a comment, brackets, a group's colon and semicolon.
    case token(AddressToken)
    case comma
  }

  private var pieces: [Piece] = []

  init(_ text: Bytes) {
    var reader = Reader(AddressToken.scan(text))
    reader.run()
    pieces = reader.pieces
  }

  /// The field's body with other addresses; nil where none of them changes.
  ///
  /// - Parameter change: from an address to what stands in its place.
  mutating func rewritten<Failure: Error>(
    nameLength: Int, _ change: ([AddressToken]) throws(Failure) -> [AddressToken]
  ) throws(Failure) -> Bytes? {
    var isChanged = false
    for index in pieces.indices {
      guard case .address(let tokens) = pieces[index] else { continue }
      let new = try change(tokens)
      if new != tokens {
        isChanged = true
        pieces[index] = .address(new)
      }
    }
    return isChanged ? folded(nameLength) : nil
  }

  // MARK: writing

  private static let columns = 70

  private func folded(_ nameLength: Int) -> Bytes {
    var result: Bytes = [0x20]
    // The first line is a column shorter than those that a tab begins.
    var column = nameLength + 3
    for (index, text) in texts.enumerated() {
      if index > 0 {
        if column + text.count < Self.columns {
          result.append(0x20)
          column += 1
        } else {
          result += [.newline, 0x09]
          column = 1
        }
      }
      result += text
      column += text.count
    }
    return result
  }

  /// What stands between commas, with the comma.
  private var texts: [Bytes] {
    var result: [Bytes] = []
    var text = Text()
    for piece in pieces {
      switch piece {
      case .comma:
        result.append(text.bytes + [.comma])
        text = Text()
      case .address(let tokens): for token in tokens { text.append(token, isInAddress: true) }
      case .token(let token): text.append(token, isInAddress: false)
      }
    }
    result.append(text.bytes)
    return result
  }

  private struct Text {
    var bytes: Bytes = []
    var previousIsWord = false

    mutating func append(_ token: AddressToken, isInAddress: Bool) {
      let isBracket = token == .special(0x3C)
      if token.isWord && previousIsWord || isBracket && !bytes.isEmpty && bytes.last != 0x20 { bytes.append(0x20) }
      bytes += token.headerText
      if token == .special(.colon), !isInAddress { bytes.append(0x20) }
      previousIsWord = token.isWord
    }
  }
}

extension AddressToken {
  /// With quotes and backslashes, as a header has it.
  fileprivate var headerText: Bytes {
    switch self {
    case .word(let text): text
    case .quoted(let text): [.quote] + Self.escaped(text, [.quote, .backslash]) + [.quote]
    case .literal(let text):
      [.openBracket] + Self.escaped(text, [.openBracket, .closeBracket, .backslash]) + [.closeBracket]
    case .comment(let text): [0x28] + text + [0x29]
    case .special(let byte): [byte]
    }
  }

  fileprivate var isComment: Bool { if case .comment = self { true } else { false } }

  private static func escaped(_ text: Bytes, _ specials: Bytes) -> Bytes {
    text.contains(where: specials.contains)
      ? text.flatMap { specials.contains($0) ? [.backslash, $0] : [$0] } : text
  }
}

extension HeaderAddressList {
  /// Walks through the tokens once.
  private struct Reader {
    private let tokens: [AddressToken]
    private let lastSemicolon: Int
    /// Whether a bracket opens behind a token before a comma or semicolon: what is before it is a name.
    private let leadsToBracket: [Bool]
    private(set) var pieces: [Piece] = []
    /// Since the last comma, bracket or colon.
    private var pending: [AddressToken] = []
    /// Whether an address may follow without a comma.
    private var isDivided = true

    init(_ tokens: [AddressToken]) {
      self.tokens = tokens
      lastSemicolon = tokens.lastIndex(of: .special(0x3B)) ?? -1
      var leads = [Bool](repeating: false, count: tokens.count)
      var isBefore = false
      let lastClosing = tokens.lastIndex(of: .special(0x3E)) ?? -1
      for (index, token) in tokens.enumerated().reversed() {
        if token == .special(0x3C), index < lastClosing {
          isBefore = true
        } else if token == .special(.comma) || token == .special(0x3B) {
          isBefore = false
        }
        leads[index] = isBefore
      }
      leadsToBracket = leads
    }

    mutating func run() {
      var index = 0
      while index < tokens.count {
        let token = tokens[index]
        switch token {
        case .special(UInt8.comma):
          flush()
          addComma()
        case .special(0x3B):
          flush()
          pieces.append(.token(token))
          isDivided = false
        case .special(UInt8.colon) where index < lastSemicolon && !pending.isEmpty && pending.first != .at:
          name()
          pieces.append(.token(token))
          isDivided = true
        case .special(0x3C):
          guard let end = tokens[index...].firstIndex(of: .special(0x3E)) else {
            pending.append(token)
            break
          }
          name()
          bracketed(tokens[(index + 1)..<end])
          index = end
        default: add(token, isName: leadsToBracket[index])
        }
        index += 1
      }
      flush()
    }

    private mutating func addComma() {
      isDivided = true
      pieces.append(.comma)
    }

    private mutating func add(_ token: AddressToken, isName: Bool) {
      if !isName, token.isWord, !token.isComment, pending.last(where: { !$0.isComment })?.isWord ?? false { flush() }
      pending.append(token)
    }

    /// What was before is complete.
    private mutating func divide() {
      if !isDivided { addComma() }
      isDivided = false
    }

    private mutating func name() {
      isDivided = false
      pieces += pending.map { .token($0) }
      pending = []
    }

    /// Comments go behind the address.
    private mutating func flush() {
      let address = pending.filter { !$0.isComment }
      if !address.isEmpty {
        divide()
        pieces.append(.address(address))
      }
      pieces += pending.filter(\.isComment).map { .token($0) }
      pending = []
    }

    private mutating func bracketed(_ inside: ArraySlice<AddressToken>) {
      pieces.append(.token(.special(0x3C)))
      let address = inside.filter { !$0.isComment }
      if !address.isEmpty { pieces.append(.address(address)) }
      pieces += inside.filter(\.isComment).map { .token($0) }
      pieces.append(.token(.special(0x3E)))
    }
  }
}
