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
    .target(name: "Diagnostics"),
    .target(name: "Posix"),
    // Layers 2 to 5: sendmail's configuration and its rules.
    .target(name: "SendmailCF", dependencies: ["Diagnostics"]),
    .target(name: "Rulesets", dependencies: ["Diagnostics", "Posix", "SendmailCF"]),
    .target(name: "TestMode", dependencies: ["Diagnostics", "Posix", "SendmailCF", "Rulesets"]),
    // Layer 7: commands.
    .executableTarget(
      name: "sendmail", dependencies: ["Posix", "TestMode"], linkerSettings: startsFast),
    // Tests.
    .target(name: "TestSupport", dependencies: ["Posix"], path: "Tests/TestSupport"),
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
    .testTarget(name: "PosixTests", dependencies: ["Posix", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
