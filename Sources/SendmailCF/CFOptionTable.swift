// CFOptionTable.swift: the options of an O line and their short letters.
//
// The order is sendmail's: an abbreviation that fits several names is reported
// with the first two.

/// The options that sendmail 8.17 knows.
package enum CFOptionTable {
  /// A name and, for old configurations, its letter.
  package struct Entry: Sendable {
    fileprivate let start: Int
    fileprivate let end: Int
    /// In lower case.
    fileprivate let first: UInt8
    package let letter: UInt8?

    package var name: String { CFOptionTable.rows.withUTF8Buffer { shown($0[start..<end]) } }

    /// Whether the name begins so; `wanted` is in lower case.
    fileprivate func begins(with wanted: [UInt8]) -> Bool {
      guard wanted.count <= end - start, first == wanted.first ?? first else { return false }
      return CFOptionTable.rows.withUTF8Buffer { rows in
        wanted.indices.allSatisfy { wanted[$0] == rows[start + $0] || wanted[$0] == rows[start + $0] | 0x20 }
      }
    }
  }

  package static let all: [Entry] = rows.withUTF8Buffer { rows in
    var entries: [Entry] = []
    var start = 0
    for end in 0...rows.count where end == rows.count || isBlank(rows[end]) {
      if end > start {
        let hasLetter = end > start + 2 && rows[end - 2] == UInt8(ascii: ":")
        entries.append(
          Entry(
            start: start, end: hasLetter ? end - 2 : end, first: rows[start] | 0x20,
            letter: hasLetter ? rows[end - 1] : nil))
      }
      start = end + 1
    }
    return entries
  }

  package static func entry(letter: UInt8) -> Entry? { all.first { $0.letter == letter } }

  /// How a name of an O line was understood.
  enum Match {
    case exact(Entry)
    case abbreviation(Entry)
    case ambiguous(Entry, Entry)
    case none
  }

  /// Names are found without regard to case, and by their beginning.
  static func match(_ name: [UInt8]) -> Match {
    let wanted = lowered(name)
    var found: [Entry] = []
    let first = wanted.first
    for entry in all where entry.first == first && entry.begins(with: wanted) {
      if entry.end - entry.start == wanted.count { return .exact(entry) }
      found.append(entry)
    }
    switch found.count {
    case 0: return .none
    case 1: return .abbreviation(found[0])
    default: return .ambiguous(found[0], found[1])
    }
  }

  fileprivate static let rows: StaticString = """
    SevenBitInput:7 EightBitMode:8 AliasFile:A AliasWait:a BlankSub:B MinFreeBlocks:b
    CheckpointInterval:C HoldExpensive:c DeliveryMode:d ErrorHeader:E ErrorMode:e TempFileMode:F
    SaveFromLine:f MatchGECOS:G HelpFile:H MaxHopCount:h ResolverOptions:I IgnoreDots:i
    ForwardPath:J SendMimeErrors:j ConnectionCacheSize:k ConnectionCacheTimeout:K UseErrorsTo:l
    LogLevel:L MeToo:m CheckAliases:n OldStyleHeaders:o DaemonPortOptions:O PrivacyOptions:p
    PostmasterCopy:P QueueFactor:q QueueDirectory:Q DontPruneRoutes:R Timeout:r StatusFile:S
    SuperSafe:s QueueTimeout:T TimeZoneSpec:t UserDatabaseSpec:U DefaultUser:u FallbackMXhost:V
    Verbose:v TryNullMXList:w QueueLA:x RefuseLA:X RecipientFactor:y ForkEachJob:Y ClassFactor:z
    RetryFactor:Z QueueSortOrder HostsFile MinQueueAge DefaultCharSet ServiceSwitchFile DialDelay
    NoRecipientAction SafeFileEnvironment MaxMessageSize ColonOkInAddr MaxQueueRunSize
    MaxDaemonChildren DontExpandCnames MustQuoteChars SmtpGreetingMessage UnixFromLine
    OperatorChars DontInitGroups SingleLineFromHeader AllowBogusHELO ConnectionRateThrottle
    UnsafeGroupWrites DoubleBounceAddress HostStatusDirectory SingleThreadDelivery RunAsUser
    RrtImpliesDsn PidFile DontBlameSendmail DontProbeInterfaces MaxRecipientsPerMessage
    DeadLetterDrop MaxAliasRecursion ConnectOnlyTo TrustedUser MaxMimeHeaderLength
    ControlSocketName MaxHeadersLength ProcessTitlePrefix DefaultAuthInfo AuthMechanisms
    ClientPortOptions DataFileBufferSize XscriptFileBufferSize LDAPDefaultSpec ServerCertFile ServerKeyFile
    ClientCertFile ClientKeyFile CACertFile CACertPath DHParameters InputMailFilters Milter
    AuthOptions QueueFileMode CertFingerprintAlgorithm CipherList RandFile TLSSrvOptions
    BadRcptThrottle DeliverByMin MaxQueueChildren MaxRunnersPerQueue DirectSubmissionModifiers
    NiceQueueRun SharedMemoryKey AuthMaxBits MailboxDatabase UseMSP DelayLA FastSplit SoftBounce
    SharedMemoryKeyFile RejectLogInterval RequiresDirfsync ConnectionRateWindowSize CRLFile
    FallbackSmartHost AuthRealm CRLPath HeloName MaxNOOPCommands BadRcptShutdown
    BadRcptShutdownGood ServerSSLOptions ClientSSLOptions MaxQueueAge RejectNUL
    UseCompressedIPv6Addresses SSLEngine SSLEnginePath TLSFallbacktoClear SetCertAltnames
    SmtpUTF8 StrictTransportSecurity CipherSuites
    """
}
