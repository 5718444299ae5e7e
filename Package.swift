// swift-tools-version: 6.1
import PackageDescription

// Targets from bottom to top: reading downwards, none needs one that comes later.
// docs/architecture.md says what each is for and what it may import.

/// Dynamic exclusivity checks cost a quarter of the rewriting machine's time; debug
/// builds keep them, `make fuzz` among them.
let hotPath: [SwiftSetting] = [
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

/// For commands that do little and are started often. A section for each function, so that the linker can
/// put those together that run together. And types are not looked up by their names: the first use of each
/// would cost as much as expanding a macro forty times.
let startsLight: [SwiftSetting] = [
  .unsafeFlags(
    [
      "-Xfrontend", "-function-sections", "-Xfrontend", "-disable-type-layout",
      "-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors",
    ],
    .when(configuration: .release))
]

/// What runs lies together, in the order that Tests/order.sh found: most of a static
/// executable is never read, and the rest should be few pages. Names that are gone do no harm.
let inOrder = LinkerSetting.unsafeFlags(
  [
    "-use-ld=lld", "-Xlinker", "--no-warn-symbol-ordering",
    "-Xlinker", "--symbol-ordering-file=\(Context.packageDirectory)/Sources/functions.order",
  ],
  .when(configuration: .release))

/// Linked as a static executable: a build starts these commands thousands of times.
let startsFast: [LinkerSetting] = [.unsafeFlags(["-static-executable"]), inOrder]

/// The same for commands with parts of Foundation, which ArgumentParser and NIOSSL bring;
/// the compiler names the libraries of these only where everything is static. In release
/// builds only: debug ones do not find them.
let standsAlone: [LinkerSetting] = [
  .unsafeFlags(
    ["-static-executable", "-l_FoundationCollections", "-l_FoundationCShims", "-lswiftSynchronization"],
    .when(configuration: .release)),
  inOrder,
]

/// `make test` builds the tests beside the commands, so that what they call is compiled
/// once and is fast. They themselves are not worth the optimizer's time.
let quickToBuild: [SwiftSetting] = [.unsafeFlags(["-Onone", "-gnone"], .when(configuration: .release))]

let package = Package(
  name: "waybill",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
  ],
  targets: [
    // Layer 0: the machine and messages.
    .systemLibrary(name: "CBerkeleyDB", providers: [.apt(["libdb-dev"])]),
    .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
    .target(name: "CShims"),
    .target(name: "Diagnostics"),
    .target(name: "Posix", dependencies: ["CShims"]),
    .target(name: "Options"),
    .target(name: "Digests"),
    // Layer 1: languages and files.
    .target(name: "MacroProcessor", dependencies: ["CShims", "Diagnostics", "Posix"]),
    .target(name: "Tables", dependencies: ["CBerkeleyDB", "CShims", "Diagnostics", "Digests", "Posix"]),
    .target(name: "MailAddress"),
    .target(name: "Resolver", dependencies: ["Diagnostics", "Posix"]),
    .target(name: "YAML", dependencies: ["CYAML", "Diagnostics"]),
    // Layer 2: documents and their models.
    .target(name: "SendmailCF", dependencies: ["Diagnostics"]),
    .target(name: "Aliases", dependencies: ["Diagnostics", "MailAddress"]),
    .target(
      name: "PostfixConfig", dependencies: ["Aliases", "Diagnostics", "MailAddress", "Posix", "Tables"]),
    .target(name: "MCCompiler", dependencies: ["Diagnostics", "MacroProcessor", "Posix"]),
    // Layer 3: the question that both engines answer.
    .target(name: "Routing", dependencies: ["Diagnostics", "MailAddress", "Resolver"]),
    .target(
      name: "Rulesets", dependencies: ["Diagnostics", "Posix", "SendmailCF", "Tables"],
      swiftSettings: hotPath),
    // Layer 4: the engines.
    .target(
      name: "SendmailRouting",
      dependencies: [
        "Aliases", "Diagnostics", "Posix", "Routing", "Rulesets", "SendmailCF", "Tables",
      ]),
    .target(
      name: "PostfixRouting",
      dependencies: [
        "Aliases", "Diagnostics", "MailAddress", "Posix", "PostfixConfig", "Resolver", "Routing",
      ]),
    // Layer 5: what is done with engines.
    .target(
      name: "Installation",
      dependencies: [
        "Aliases", "Diagnostics", "Posix", "Rulesets", "SendmailCF", "SendmailRouting", "Tables",
      ]),
    .target(
      name: "Translation",
      dependencies: ["Diagnostics", "MCCompiler", "Posix", "SendmailCF", "Tables"]),
    .target(
      name: "Equivalence",
      dependencies: [
        "Aliases", "Diagnostics", "Installation", "MailAddress", "Posix", "PostfixConfig", "PostfixRouting",
        "Routing", "Rulesets", "SendmailCF", "SendmailRouting", "Tables", "Translation",
      ]),
    .target(
      name: "RouteChecks",
      dependencies: ["Diagnostics", "MailAddress", "PostfixConfig", "Resolver", "Routing", "YAML"]),
    .target(name: "Pictures"),
    .target(
      name: "HostFlow", dependencies: ["MailAddress", "Pictures", "PostfixConfig", "Routing", "SendmailCF"]),
    .target(name: "Site", dependencies: ["Diagnostics", "MailAddress", "Pictures", "Resolver", "Routing", "YAML"]),
    .target(
      name: "Setup", dependencies: ["Diagnostics", "MCCompiler", "Resolver", "Routing", "Site", "YAML"]),
    .target(name: "MailQueue", dependencies: ["CShims", "Diagnostics", "Posix"], swiftSettings: hotPath),
    .target(
      name: "TestMode", dependencies: ["Diagnostics", "Posix", "Rulesets", "SendmailCF"],
      swiftSettings: hotPath),
    .target(name: "SMTP", dependencies: ["MailAddress", "Routing"]),
    .target(name: "Delivery", dependencies: ["MailAddress", "Posix"]),
    // Layer 6: the runtime.
    .target(
      name: "MTA",
      dependencies: [
        "Delivery", "Diagnostics", "Digests", "Installation", "MailAddress", "MailQueue", "Posix", "PostfixConfig",
        "PostfixRouting", "Resolver", "Routing", "Rulesets", "SMTP", "SendmailCF", "SendmailRouting",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
      ]),
    .target(
      name: "LiveProof",
      dependencies: [
        "Delivery", "Equivalence", "MTA", "MailAddress", "MailQueue", "Posix", "PostfixRouting", "Resolver", "Routing",
        "SMTP",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    .target(
      name: "Simulation",
      dependencies: [
        "Delivery", "MTA", "MailAddress", "MailQueue", "Posix", "Resolver", "Routing", "SMTP", "Site",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    // Layer 7: commands.
    .executableTarget(
      name: "m4", dependencies: ["Diagnostics", "MacroProcessor", "Options", "Posix"],
      linkerSettings: startsFast),
    .executableTarget(
      name: "makemap", dependencies: ["Options", "Posix", "Tables"], linkerSettings: startsFast),
    .executableTarget(
      name: "sendmail",
      dependencies: [
        "Diagnostics", "Installation", "MTA", "MailAddress", "Options", "Posix", "Resolver", "Routing", "SMTP",
        "SendmailCF", "TestMode",
      ],
      linkerSettings: standsAlone),
    .executableTarget(
      name: "waybill",
      dependencies: [
        "Diagnostics", "Digests", "Equivalence", "HostFlow", "Installation", "LiveProof", "MCCompiler", "MTA",
        "MailAddress",
        "Pictures", "Posix",
        "PostfixConfig", "PostfixRouting", "Resolver", "RouteChecks", "Routing", "SendmailCF", "SendmailRouting",
        "Setup", "Simulation", "Site", "Translation", "YAML",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      linkerSettings: standsAlone),
    // Tests.
    .target(name: "TestSupport", dependencies: ["CShims", "Posix", "Resolver"], path: "Tests/TestSupport"),
    .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"]),
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
    .testTarget(name: "MacroProcessorTests", dependencies: ["CShims", "Diagnostics", "MacroProcessor", "TestSupport"]),
    .testTarget(name: "MCCompilerTests", dependencies: ["MCCompiler", "Posix", "TestSupport"]),
    .testTarget(name: "OptionsTests", dependencies: ["Options"]),
    .testTarget(name: "PosixTests", dependencies: ["Posix", "TestSupport"]),
    .testTarget(name: "SendmailCFTests", dependencies: ["Diagnostics", "SendmailCF", "TestSupport"]),
    .testTarget(
      name: "RulesetsTests", dependencies: ["Rulesets", "SendmailCF", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "TablesTests",
      dependencies: ["CBerkeleyDB", "Diagnostics", "Posix", "Tables", "TestSupport"]),
    .testTarget(name: "MailAddressTests", dependencies: ["MailAddress"]),
    .testTarget(name: "ResolverTests", dependencies: ["Diagnostics", "Resolver", "TestSupport"]),
    .testTarget(name: "SiteTests", dependencies: ["Diagnostics", "MailAddress", "Resolver", "Site", "TestSupport"]),
    .testTarget(
      name: "HostFlowTests",
      dependencies: [
        "HostFlow", "MailAddress", "Pictures", "Posix", "PostfixConfig", "Routing", "SendmailCF", "TestSupport",
      ]),
    .testTarget(name: "YAMLTests", dependencies: ["Diagnostics", "TestSupport", "YAML"]),
    .testTarget(name: "AliasesTests", dependencies: ["Aliases", "MailAddress"]),
    .testTarget(
      name: "PostfixConfigTests",
      dependencies: ["Diagnostics", "MailAddress", "Posix", "PostfixConfig", "TestSupport"]),
    .testTarget(name: "SendmailRoutingTests", dependencies: ["Routing", "SendmailCF", "SendmailRouting"]),
    .testTarget(
      name: "PostfixRoutingTests",
      dependencies: [
        "MailAddress", "Posix", "PostfixConfig", "PostfixRouting", "Routing", "TestSupport",
      ]),
    .testTarget(
      name: "EquivalenceTests",
      dependencies: [
        "Equivalence", "Installation", "MailAddress", "Posix", "PostfixConfig", "Routing", "SendmailCF",
        "TestSupport",
      ]),
    .testTarget(
      name: "RouteChecksTests",
      dependencies: ["Diagnostics", "MailAddress", "RouteChecks", "Routing", "TestSupport", "YAML"]),
    .testTarget(
      name: "TranslationTests",
      dependencies: ["Diagnostics", "MCCompiler", "SendmailCF", "TestSupport", "Translation"]),
    .testTarget(
      name: "SMTPTests", dependencies: ["MailAddress", "Routing", "SMTP", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(
      name: "MailQueueTests", dependencies: ["CShims", "Diagnostics", "MailQueue", "Posix", "TestSupport"]),
    .testTarget(name: "DeliveryTests", dependencies: ["Delivery", "MailAddress", "Posix", "TestSupport"]),
    .testTarget(
      name: "MTATests",
      dependencies: ["Digests", "MTA", "MailAddress", "MailQueue", "Posix", "Resolver", "TestSupport"]),
    .testTarget(
      name: "SimulationTests", dependencies: ["Delivery", "MTA", "MailAddress", "Resolver", "Simulation"]),
    .testTarget(name: "RuntimeTests", dependencies: ["TestSupport"], exclude: ["Fixtures"]),
    .testTarget(
      name: "SetupTests",
      dependencies: ["Diagnostics", "MCCompiler", "Routing", "Setup", "TestSupport"]),
    .testTarget(name: "CommandTests", dependencies: ["TestSupport"], exclude: ["Golden"]),
    .testTarget(
      name: "PeerTests",
      dependencies: [
        "Delivery", "Installation", "MailAddress", "Posix", "PostfixConfig", "PostfixRouting", "Routing", "Rulesets",
        "MCCompiler", "RouteChecks", "SMTP", "SendmailCF", "SendmailRouting", "Tables", "TestMode", "TestSupport",
        "Translation",
      ],
      exclude: ["Fixtures"]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets {
  switch target.type {
  case .test: target.swiftSettings = quickToBuild
  case .regular, .executable: target.swiftSettings = (target.swiftSettings ?? []) + startsLight
  default: break
  }
}
