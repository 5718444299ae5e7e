// EnvelopeParameters.swift: the parameters of MAIL and RCPT, read and written.
//
//     MAIL FROM:<a@b.example> SIZE=100 BODY=8BITMIME RET=HDRS ENVID=QQ314159
//     RCPT TO:<c@d.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;c@d.example
//
// Fails: with what is wrong and the parameter it is wrong in; each voice has its own
// words for it.

import MailAddress

/// Why a parameter was not taken.
package struct ParameterFault: Error, Sendable, Equatable {
  package enum Reason: Sendable, Equatable {
    /// Not known here, or not offered.
    case unknown
    case badValue
    /// `NAME` alone where `NAME=value` is known.
    case noValue
    /// A number that no size can be.
    case outOfRange
    /// A word of NOTIFY's list.
    case badWord(Bytes)
    case duplicate
    /// SIZE= is larger than the limit.
    case tooLarge
  }

  package var reason: Reason
  package var parameter: PathArgument.Parameter
}

/// What the client may use; what is not offered is not known.
package struct OfferedParameters: Sendable {
  package var hasSize = true
  package var hasEightBit = true
  package var hasStatusNotices = true
  /// In bytes; 0 is no limit.
  package var sizeLimit = 0
  /// As sendmail reads them: what begins like a number is one, and some may be empty or come again.
  package var isLenient = false

  package init() {}
}

/// The parameters of MAIL.
package struct SenderParameters: Sendable, Equatable {
  package enum Body: Sendable, Equatable {
    case sevenBit, eightBit
  }

  /// What a failure notice returns.
  package enum Return: Sendable, Equatable {
    case full, headers
  }

  package var size: Int?
  package var body: Body?
  package var returning: Return?
  /// Decoded.
  package var envelopeID: Bytes?

  package init(size: Int? = nil, body: Body? = nil, returning: Return? = nil, envelopeID: Bytes? = nil) {
    self.size = size
    self.body = body
    self.returning = returning
    self.envelopeID = envelopeID
  }

  package init(_ parameters: [PathArgument.Parameter], offered: OfferedParameters) throws(ParameterFault) {
    for parameter in parameters { try read(parameter, offered) }
    if offered.sizeLimit > 0, let size, size > offered.sizeLimit,
      let parameter = parameters.last(where: { $0.name == Array("SIZE".utf8) })
    {
      throw ParameterFault(reason: .tooLarge, parameter: parameter)
    }
  }

  private mutating func read(
    _ parameter: PathArgument.Parameter, _ offered: OfferedParameters
  ) throws(ParameterFault) {
    func fault(_ reason: ParameterFault.Reason) -> ParameterFault {
      ParameterFault(reason: reason, parameter: parameter)
    }
    guard let value = parameter.value else { throw fault(offered.knows(parameter.name) ? .noValue : .unknown) }
    switch parameter.name.text {
    case "SIZE" where offered.hasSize: size = try Self.size(value, offered, fault)
    case "BODY" where offered.hasEightBit:
      switch value.map(\.uppercased).text {
      case "7BIT": body = .sevenBit
      case "8BITMIME": body = .eightBit
      default: throw fault(.badValue)
      }
    // Sent by servers whose mail came with AUTH; without AUTH it says nothing (RFC 4954, 5).
    case "AUTH":
      guard Xtext.decode(value) != nil else { throw fault(.badValue) }
    case "RET" where offered.hasStatusNotices:
      guard returning == nil else { throw fault(.duplicate) }
      switch value.map(\.uppercased).text {
      case "FULL": returning = .full
      case "HDRS": returning = .headers
      default: throw fault(.badValue)
      }
    case "ENVID" where offered.hasStatusNotices:
      guard envelopeID == nil else { throw fault(.duplicate) }
      guard !value.isEmpty || offered.isLenient, let text = Xtext.decode(value) else { throw fault(.badValue) }
      envelopeID = text
    default: throw fault(.unknown)
    }
  }

  private static func size(
    _ value: Bytes, _ offered: OfferedParameters, _ fault: (ParameterFault.Reason) -> ParameterFault
  ) throws(ParameterFault) -> Int {
    if offered.isLenient, value.first == .hyphen { throw fault(.outOfRange) }
    let digits = offered.isLenient ? value.prefix(while: \.isDigit) : value[...]
    if offered.isLenient, digits.isEmpty { return 0 }
    guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else { throw fault(.badValue) }
    guard let number = Bytes(digits).decimalValue else { throw fault(.outOfRange) }
    return number
  }
}

extension OfferedParameters {
  /// Whether sendmail would ask for the value of such a parameter of MAIL.
  fileprivate func knows(_ name: Bytes) -> Bool {
    switch name.text {
    case "SIZE": hasSize
    case "BODY": hasEightBit
    case "RET", "ENVID": hasStatusNotices
    case "AUTH": true
    default: false
    }
  }
}

/// When the sender wants to hear of a recipient.
package struct Notify: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let success = Notify(rawValue: 1)
  package static let failure = Notify(rawValue: 2)
  package static let delay = Notify(rawValue: 4)
  /// Of nothing at all; never with another.
  package static let never = Notify(rawValue: 8)

  private static let names: [(name: String, value: Notify)] = [
    ("SUCCESS", .success), ("FAILURE", .failure), ("DELAY", .delay), ("NEVER", .never),
  ]

  package struct Fault: Error {
    /// What cannot stand there.
    package let word: Bytes
  }

  /// `SUCCESS,FAILURE`.
  package init(_ text: Bytes) throws(Fault) {
    var result: Notify = []
    let words = text.split(separator: .comma, omittingEmptySubsequences: false)
    for word in words {
      let name = word.map(\.uppercased).text
      guard let value = Self.names.first(where: { $0.name == name })?.value,
        value != .never || words.count == 1
      else { throw Fault(word: Bytes(word)) }
      result.insert(value)
    }
    self = result
  }

  package var text: Bytes {
    Array(Self.names.filter { contains($0.value) }.map(\.name).joined(separator: ",").utf8)
  }
}

/// The parameters of RCPT.
package struct RecipientParameters: Sendable, Equatable {
  /// The address as its writer gave it: `rfc822;a@b.example`.
  package struct OriginalRecipient: Sendable, Equatable {
    package var type: Bytes
    /// Decoded.
    package var address: Bytes

    package init(type: Bytes, address: Bytes) {
      self.type = type
      self.address = address
    }

    package init?(_ text: Bytes) {
      guard let (type, address) = text.split(atFirst: .semicolon), !type.isEmpty,
        let decoded = Xtext.decode(address)
      else { return nil }
      self.init(type: type, address: decoded)
    }

    package var text: Bytes { type + [.semicolon] + Xtext.encode(address) }
  }

  package var notify: Notify?
  package var original: OriginalRecipient?

  package init(notify: Notify? = nil, original: OriginalRecipient? = nil) {
    self.notify = notify
    self.original = original
  }

  package init(_ parameters: [PathArgument.Parameter], offered: OfferedParameters) throws(ParameterFault) {
    for parameter in parameters {
      func fault(_ reason: ParameterFault.Reason) -> ParameterFault {
        ParameterFault(reason: reason, parameter: parameter)
      }
      let name = parameter.name.text
      guard offered.hasStatusNotices, ["NOTIFY", "ORCPT"].contains(name) else { throw fault(.unknown) }
      guard let value = parameter.value else { throw fault(.noValue) }
      switch name {
      case "NOTIFY":
        guard notify == nil || offered.isLenient else { throw fault(.duplicate) }
        // Postfix passes over an end without a word.
        let hasEmptyEnd = !offered.isLenient && value.count > 1 && value.last == .comma
        do throws(Notify.Fault) {
          notify = try Notify(hasEmptyEnd ? Bytes(value.dropLast()) : value)
        } catch {
          throw fault(.badWord(error.word))
        }
      case "ORCPT":
        guard original == nil else { throw fault(.duplicate) }
        guard let recipient = OriginalRecipient(value) else { throw fault(.badValue) }
        original = recipient
      default: throw fault(.unknown)
      }
    }
  }
}
