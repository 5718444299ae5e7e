// Record.swift: what the DNS holds under a name.

/// The types that mail needs (RFC 1035 section 3.2.2, RFC 3596).
package enum RecordType: UInt16, Sendable, Hashable, CaseIterable {
  case a = 1
  case ns = 2
  case cname = 5
  case soa = 6
  case ptr = 12
  case mx = 15
  case txt = 16
  case aaaa = 28

  /// As zone files name it.
  package var name: String {
    switch self {
    case .a: "A"
    case .ns: "NS"
    case .cname: "CNAME"
    case .soa: "SOA"
    case .ptr: "PTR"
    case .mx: "MX"
    case .txt: "TXT"
    case .aaaa: "AAAA"
    }
  }
}

/// The data of one record.
package enum RecordData: Sendable, Hashable {
  case address(IPAddress)
  case alias(DomainName)
  case nameServer(DomainName)
  case pointer(DomainName)
  case mailExchanger(preference: Int, DomainName)
  /// The strings of a TXT record, joined.
  case text([UInt8])
  case authority(StartOfAuthority)

  package var type: RecordType {
    switch self {
    case .address(.v4): .a
    case .address(.v6): .aaaa
    case .alias: .cname
    case .nameServer: .ns
    case .pointer: .ptr
    case .mailExchanger: .mx
    case .text: .txt
    case .authority: .soa
    }
  }
}

/// The record at the top of a zone; times in seconds.
package struct StartOfAuthority: Sendable, Hashable {
  package var primary: DomainName
  package var mailbox: DomainName
  package var serial: UInt32 = 0
  package var refresh: UInt32 = 0
  package var retry: UInt32 = 0
  package var expire: UInt32 = 0
  package var minimum: UInt32 = 0

  package init(primary: DomainName, mailbox: DomainName) {
    self.primary = primary
    self.mailbox = mailbox
  }
}

/// One record.
package struct Record: Sendable, Hashable {
  package var name: DomainName
  /// How long it may be kept, in seconds.
  package var lifetime: UInt32
  package var data: RecordData

  package init(_ name: DomainName, lifetime: UInt32 = 3600, _ data: RecordData) {
    self.name = name
    self.lifetime = lifetime
    self.data = data
  }
}
