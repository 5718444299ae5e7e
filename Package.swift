// swift-tools-version: 6.1
import PackageDescription

// Targets from bottom to top: reading downwards, none needs one that comes later.
// docs/architecture.md says what each is for and what it may import.

/// Dynamic exclusivity checks cost a quarter of the rewriting machine's time; debug builds and tests keep them.
let hotPath: [SwiftSetting] = [
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
]

/// Linked as a static executable: a build starts these commands thousands of times.
let startsFast: [LinkerSetting] = [.unsafeFlags(["-static-executable"])]

let package = Package(
  name: "waybill",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // Layer 0: the machine and messages.
    .systemLibrary(name: "CBerkeleyDB", providers: [.apt(["libdb-dev"])]),
    .target(name: "CShims"),
    .target(name: "Diagnostics"),
    .target(name: "Posix"),
    .target(name: "Options"),
    // Layer 1: languages and files.
    .target(name: "Tables", dependencies: ["CBerkeleyDB", "CShims", "Diagnostics", "Posix"]),
    // Layers 2 to 5: sendmail's configuration and its rules.
    .target(name: "SendmailCF", dependencies: ["Diagnostics"]),
    .target(
      name: "Rulesets", dependencies: ["Diagnostics", "Posix", "SendmailCF", "Tables"],
      swiftSettings: hotPath),
    .target(
      name: "TestMode", dependencies: ["Diagnostics", "Posix", "Rulesets", "SendmailCF"],
      swiftSettings: hotPath),
    // The commands.
    .executableTarget(
      name: "makemap", dependencies: ["Options", "Posix", "Tables"], linkerSettings: startsFast),
    .executableTarget(
      name: "sendmail", dependencies: ["Options", "Posix", "TestMode"], linkerSettings: startsFast),
    // Tests.
    .target(name: "TestSupport", dependencies: ["Posix"], path: "Tests/TestSupport"),
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
    .testTarget(name: "OptionsTests", dependencies: ["Options"]),
    .testTarget(name: "PosixTests", dependencies: ["Posix", "TestSupport"]),
    .testTarget(name: "TablesTests", dependencies: ["CBerkeleyDB", "Tables", "Posix", "Diagnostics", "TestSupport"]),
    .testTarget(name: "SendmailCFTests", dependencies: ["Diagnostics", "SendmailCF", "TestSupport"]),
    .testTarget(
      name: "RulesetsTests", dependencies: ["Rulesets", "SendmailCF", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "PeerTests", dependencies: ["Posix", "Rulesets", "SendmailCF", "TestMode", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
