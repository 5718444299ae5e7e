// CFOptionTable.swift: the options of an O line and their short letters.
//
// The order is sendmail's: an abbreviation that fits several names is reported
// with the first two.

/// The options that sendmail 8.17 knows.
package enum CFOptionTable {
  /// A name and, for old configurations, its letter.
  package struct Entry: Sendable {
    package let name: String
    package let letter: UInt8?
    /// The name as it is looked for.
    fileprivate let folded: [UInt8]
  }

  package static let all: [Entry] = rows.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A }).map { row in
    let name = row.prefix { $0 != UInt8(ascii: ":") }
    return Entry(
      name: String(Substring(name)), letter: row.dropFirst(name.count + 1).first, folded: lowered(Array(name)))
  }

  package static func entry(letter: UInt8) -> Entry? { byLetter[letter] }

  private static let byLetter: [UInt8: Entry] = Dictionary(
    all.compactMap { entry in entry.letter.map { ($0, entry) } }, uniquingKeysWith: { first, _ in first })

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
    for entry in all where entry.folded.starts(with: wanted) {
      if entry.folded.count == wanted.count { return .exact(entry) }
      found.append(entry)
    }
    switch found.count {
    case 0: return .none
    case 1: return .abbreviation(found[0])
    default: return .ambiguous(found[0], found[1])
    }
  }

  private static let rows = """
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
    ClientPortOptions DataFileBufferSize XscriptFileBufferSize ServerCertFile ServerKeyFile
    ClientCertFile ClientKeyFile CACertFile CACertPath DHParameters InputMailFilters Milter
    AuthOptions QueueFileMode CertFingerprintAlgorithm CipherList RandFile TLSSrvOptions
    BadRcptThrottle DeliverByMin MaxQueueChildren MaxRunnersPerQueue DirectSubmissionModifiers
    NiceQueueRun SharedMemoryKey AuthMaxBits MailboxDatabase UseMSP DelayLA FastSplit SoftBounce
    SharedMemoryKeyFile RejectLogInterval RequiresDirfsync ConnectionRateWindowSize CRLFile
    FallbackSmartHost AuthRealm CRLPath HeloName MaxNOOPCommands BadRcptShutdown
    BadRcptShutdownGood ServerSSLOptions ClientSSLOptions MaxQueueAge RejectNUL
    UseCompressedIPv6Addresses SSLEngine SSLEnginePath TLSFallbacktoClear SetCertAltnames
    LDAPDefaultSpec
    """
}
