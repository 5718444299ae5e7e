// Autoconf.swift: autoconf as Debian has it, run from where it lies unpacked, with either m4.
//
// Its programs find their own files by variables. The macros are in a copy whose
// configuration names itself (Tests/Peers/unpack.sh); real packages lie beside it
// (Tests/Peers/sources.sh).

import Foundation
import TestSupport

struct Autoconf {
  /// Macro files and frozen states.
  static let macros = Peer.folder + "/autoconf"

  /// Each language that autom4te knows, with its frozen state and after those it builds on.
  static let languages = [
    ("M4sugar", "m4sugar/m4sugar.m4f"), ("M4sh", "m4sugar/m4sh.m4f"),
    ("Autotest", "autotest/autotest.m4f"), ("Autoconf-without-aclocal-m4", "autoconf/autoconf.m4f"),
  ]

  /// As in the names of its programs.
  static let automakeVersion: String = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: Peer.folder + "/root/usr/bin")) ?? []
    return names.first { $0.hasPrefix("aclocal-") }.map { String($0.dropFirst(8)) } ?? ""
  }()

  let m4: BothM4
  let side: BothM4.Side
  /// Another copy of the macros, for instance without frozen states.
  var macros = Autoconf.macros

  /// Runs `autoconf` or one of its siblings.
  func run(_ program: String, _ arguments: [String] = [], in folder: String) throws -> RunResult {
    let root = Peer.folder + "/root/usr/"
    return try m4.run(
      side, [root + "bin/" + program] + arguments, in: folder,
      environment: [
        "M4": "m4", "AC_MACRODIR": macros, "AUTOM4TE_CFG": macros + "/autom4te.cfg",
        "autom4te_perllibdir": Autoconf.macros, "AUTOM4TE": root + "bin/autom4te",
        "trailer_m4": macros + "/autoconf/trailer.m4",
        // Else automake's programs look for their modules where they are not installed.
        "AUTOMAKE_UNINSTALLED": "1", "PERL5LIB": root + "share/automake-" + Self.automakeVersion,
        "ACLOCAL_AUTOMAKE_DIR": root + "share/aclocal-" + Self.automakeVersion,
        // Nobody's own settings.
        "HOME": folder,
      ], seconds: 180)
  }

  /// A copy of the macros in a folder, without frozen states.
  static func copyMacros(to folder: String) throws {
    let manager = FileManager.default
    try manager.copyItem(atPath: macros, toPath: folder)
    for (_, state) in languages { try manager.removeItem(atPath: folder + "/" + state) }
    let configuration = folder + "/autom4te.cfg"
    try String(contentsOfFile: configuration, encoding: .utf8)
      .replacingOccurrences(of: macros, with: folder)
      .write(toFile: configuration, atomically: true, encoding: .utf8)
  }
}

/// What autoconf reads of real packages, at the versions that apt gives.
enum SourcePackage {
  static let folder = Peer.folder + "/sources"
  static let names = ["hello", "sed", "grep", "gawk", "tar"]

  static func isThere(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(name)/configure.ac")
  }

  /// Not every mirror of Debian has sources.
  static let isWanted = Peer.autoconf.isWanted && names.allSatisfy(isThere)

  static let hint = "sources of \(names.joined(separator: ", ")) not found; run `make peers`"

  static func copy(_ name: String, to folder: String) throws {
    try FileManager.default.copyItem(atPath: self.folder + "/" + name, toPath: folder)
  }
}
