// AddressList.swift: the addresses of a header field or of the right side of a table, as
// Postfix reads them, and as cleanup(8) and smtp(8) change them in headers.
//
//     To: Fred Foo <fred (x) @here>, a b, list: c;
//         │         │              │      └ group: only with its `;`
//         │         │              └ two words without a name's brackets: two addresses
//         │         └ comments inside go behind the address
//         └ a name stays
//
// Read from its end: only who has seen `>` or `;` knows what a word before it is. Where no
// address changes the field stays as it is, folds included. Otherwise all of it is written
// anew: one blank after a comma, a line for as many addresses as fit into 70 columns.
//
// Fails: with what `change` throws.

import MailAddress

package struct AddressList {
  fileprivate enum Piece {
    /// As written, quotes included.
    case address(Bytes)
    /// A name, a comment, brackets, a group's semicolon.
    case token(AddressToken)
    case groupColon
    case comma
  }

  private var pieces: [Piece] = []

  /// - Parameter mostTokens: what comes after so many is dropped, where the field is written anew.
  package init(_ text: Bytes, mostTokens: Int = .max) {
    var reader = Reader(AddressToken.scan(text, most: mostTokens))
    reader.run()
    pieces = reader.pieces.reversed()
  }

  /// The tokens of each address, without comments, names and group names.
  package static func addresses(_ text: Bytes) -> [[AddressToken]] {
    AddressList(text).pieces.compactMap { piece in
      if case .address(let address) = piece { AddressToken.scan(address) } else { nil }
    }
  }

  /// The field's body with other addresses; nil where none of them changes.
  ///
  /// - Parameter change: from an address to what stands in its place, both with quotes.
  package mutating func rewritten<Failure: Error>(
    nameLength: Int, _ change: (Bytes) throws(Failure) -> Bytes
  ) throws(Failure) -> Bytes? {
    var isChanged = false
    for index in pieces.indices {
      guard case .address(let address) = pieces[index] else { continue }
      let new = try change(address)
      if new != address { isChanged = true }
      // Each step reads the address again, and so does writing; what is no address grows on the way.
      pieces[index] = .address(Self.requoted(new == address ? Self.requoted(new) : new))
    }
    return isChanged ? Self.folded(text, nameLength) : nil
  }

  /// With the quotes an address of a header needs: an empty local part is written, too.
  package static func quoted(_ address: Bytes) -> Bytes {
    let route = address.first == .at ? address.firstIndex(of: .colon).map { $0 + 1 } ?? 0 : 0
    let end = address[route...].lastIndex(of: .at) ?? address.count
    return end > route ? AddressForm.quoted(address) : address[..<route] + [.quote, .quote] + address[end...]
  }

  private static func requoted(_ address: Bytes) -> Bytes {
    quoted(AddressToken.internalForm(AddressToken.scan(address)))
  }

  // MARK: writing

  private static let columns = 70
  /// With more than so many bytes around an address only the address is kept.
  private static let mostAround = 250

  /// One line for what stands between commas.
  private var text: Bytes {
    var result: Bytes = [0x20]
    var start = 1
    var address: Bytes?
    func enforceLimit() {
      guard let address, result.count - start - address.count > Self.mostAround else { return }
      let plain = AddressForm.quoted(AddressForm.unquoted(address))
      result.replaceSubrange(start..., with: [0x3C] + plain + [0x3E])
    }
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .comma:
        enforceLimit()
        result += [.comma, .newline]
        start = result.count
        address = nil
        continue
      case .address(let text):
        address = text
        result += text
      case .token(let token): result += token.headerText
      case .groupColon: result.append(.colon)
      }
      if index + 1 < pieces.count, piece.wantsBlank(before: pieces[index + 1]) { result.append(0x20) }
    }
    enforceLimit()
    return result
  }

  /// Joins lines while there is room; those of comments, too.
  private static func folded(_ text: Bytes, _ nameLength: Int) -> Bytes {
    var result: Bytes = []
    result.reserveCapacity(text.count + text.count / columns)
    // The name and its colon stand before the first line.
    var column = nameLength + 1
    for (index, line) in text.split(separator: .newline, omittingEmptySubsequences: false).enumerated() {
      if index > 0 {
        if column + 1 + line.count < columns {
          result.append(0x20)
          column += 1
        } else {
          result.append(.newline)
          if line.first.map({ !$0.isWhiteSpace }) ?? true { result.append(0x09) }
          column = 0
        }
      }
      result += line
      column += line.count
    }
    return result
  }
}

extension AddressList.Piece {
  fileprivate func wantsBlank(before next: Self) -> Bool {
    if case .groupColon = self { return true }
    if case .token(.special(0x3C)) = next { return true }
    return isWord && next.isWord
  }

  private var isWord: Bool {
    switch self {
    case .address: true
    case .token(let token): token.isWord
    case .groupColon, .comma: false
    }
  }
}

extension AddressToken {
  /// With quotes and backslashes, as a header has it.
  fileprivate var headerText: Bytes {
    switch self {
    case .word(let text): text
    case .quoted(let text): [.quote] + Self.escaped(text, [.quote, .backslash]) + [.quote]
    case .literal(let text): [.openBracket] + Self.escaped(text, [.backslash]) + [.closeBracket]
    case .comment(let text): text
    case .special(let byte): [byte]
    }
  }

  fileprivate var isComment: Bool { if case .comment = self { true } else { false } }

  /// Whether a bracketed address leaves what is before it to its name.
  fileprivate var endsPhrase: Bool { if case .special(let byte) = self { ">;,:".utf8.contains(byte) } else { false } }

  private static func escaped(_ text: Bytes, _ specials: Bytes) -> Bytes {
    text.contains(where: specials.contains)
      ? text.flatMap { specials.contains($0) ? [.backslash, $0] : [$0] } : text
  }
}

extension AddressList {
  /// Walks through the tokens once, from the last to the first; pieces come in that order, too.
  private struct Reader {
    private var rest: [AddressToken]
    private(set) var pieces: [Piece] = []
    /// What may be an address, from its last token on.
    private var address: [AddressToken] = []
    /// Whether a word may follow to the left without being an address of its own.
    private var isJoined = true
    /// Whether there was a `;`, so that a colon ends a group's name.
    private var mayNameGroup = false

    init(_ tokens: [AddressToken]) { rest = tokens }

    mutating func run() {
      while let token = rest.popLast() {
        switch token {
        case .comment: pieces.append(.token(token))
        case .word, .quoted, .literal:
          if !isJoined { endAddress(isDivided: true) }
          address.append(token)
          isJoined = false
        case .special(let byte):
          isJoined = true
          special(byte)
        }
      }
      endAddress()
    }

    private mutating func special(_ byte: UInt8) {
      switch byte {
      case UInt8.comma:
        endAddress()
        pieces.append(.comma)
      case 0x3B:
        endAddress(isDivided: true)
        pieces.append(.token(.special(byte)))
        mayNameGroup = true
      case UInt8.colon where mayNameGroup:
        endAddress()
        pieces.append(.groupColon)
        keep { $0 != .special(.comma) }
      case 0x3E:
        endAddress(isDivided: true)
        pieces.append(.token(.special(byte)))
        bracketed()
      default: address.append(.special(byte))
      }
    }

    /// Comments were put behind the address when they were met.
    ///
    /// - Parameter isDivided: a comma is put before it.
    private mutating func endAddress(isDivided: Bool = false) {
      guard !address.isEmpty else { return }
      pieces.append(.address(address.reversed().flatMap { $0 == .special(.comma) ? [.comma, 0x20] : $0.headerText }))
      if isDivided { pieces.append(.comma) }
      address = []
    }

    /// What is before `>`, and the name before that.
    private mutating func bracketed() {
      while let token = rest.last, token != .special(0x3C) {
        rest.removeLast()
        if token.isComment { pieces.append(.token(token)) } else { address.append(token) }
      }
      endAddress()
      keep { !$0.endsPhrase }
      // A colon of no group is none of an address.
      if rest.last == .special(.colon), !mayNameGroup {
        pieces.append(.token(.special(.colon)))
        rest.removeLast()
      }
    }

    private mutating func keep(while isKept: (AddressToken) -> Bool) {
      while let token = rest.last, isKept(token) {
        pieces.append(.token(token))
        rest.removeLast()
      }
    }
  }
}
