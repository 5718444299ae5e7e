// swift-tools-version: 6.1
import PackageDescription

// Targets from bottom to top: reading downwards, none needs one that comes later.
// docs/architecture.md says what each is for and what it may import.

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
    .target(name: "MailAddress"),
    // Layer 2: documents and their models.
    .target(
      name: "PostfixConfig", dependencies: ["Diagnostics", "Posix", "MailAddress", "Tables"]),
    .target(name: "Aliases", dependencies: ["Diagnostics", "MailAddress"]),
    // Layer 3: the question that both engines answer.
    .target(name: "Routing", dependencies: ["Diagnostics"]),
    // Layer 4: the engines.
    .target(
      name: "PostfixRouting",
      dependencies: [
        "Diagnostics", "Posix", "MailAddress", "PostfixConfig", "Aliases", "Routing",
      ]),
    // The commands.
    .executableTarget(
      name: "makemap", dependencies: ["Options", "Posix", "Tables"], linkerSettings: startsFast),
    // Tests.
    .target(name: "TestSupport", dependencies: ["Posix"], path: "Tests/TestSupport"),
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
    .testTarget(name: "OptionsTests", dependencies: ["Options"]),
    .testTarget(name: "PosixTests", dependencies: ["Posix", "TestSupport"]),
    .testTarget(name: "TablesTests", dependencies: ["CBerkeleyDB", "Tables", "Posix", "Diagnostics", "TestSupport"]),
    .testTarget(name: "MailAddressTests", dependencies: ["MailAddress"]),
    .testTarget(name: "AliasesTests", dependencies: ["Aliases", "MailAddress"]),
    .testTarget(
      name: "PostfixConfigTests",
      dependencies: ["Diagnostics", "MailAddress", "PostfixConfig", "TestSupport"]),
    .testTarget(
      name: "PostfixRoutingTests",
      dependencies: ["MailAddress", "PostfixConfig", "PostfixRouting", "Routing", "TestSupport"]),
    .testTarget(
      name: "PeerTests",
      dependencies: ["Posix", "MailAddress", "PostfixConfig", "Routing", "PostfixRouting", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
