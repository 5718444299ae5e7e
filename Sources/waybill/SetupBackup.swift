// SetupBackup.swift: what setup wrote over, kept, and put back.
//
//     /etc/mail/setup-backups/3/manifest       restore sendmail.mc SHA-256 of what was written
//                              sendmail.mc     remove  access.db   the same; there was none before
//
// Backup and new files are written aside and renamed together, the backup first. Taking
// back removes the backup at its end, so that the one before it is the next.
//
// Fails: with all files as they were.

import ArgumentParser
import Diagnostics
import Digests
import Glibc
import Posix

/// The backups of a configuration.
struct SetupBackup {
  private let place: SetupPlace
  private var folder: String { place.shown("setup-backups") }

  init(_ place: SetupPlace) { self.place = place }

  /// A file that taking back changes.
  struct Change {
    let name: String
    let now: [UInt8]?
    /// Nil where it was not there.
    let before: [UInt8]?
    let isChangedSince: Bool

    var isText: Bool { !name.hasSuffix(".db") && name != "sendmail.cf" }
  }

  struct Saved {
    let folder: String
    let changes: [Change]

    var changedSince: [String] { changes.filter(\.isChangedSince).map(\.name) }
  }

  private var numbers: [Int] { namesInFolder(folder).compactMap(Int.init).sorted() }

  // MARK: there

  /// - Returns: where the old files are.
  func install(_ files: [SetupFile]) throws -> String {
    let backup = "\(folder)/\((numbers.last ?? 0) + 1)"
    try holdingEndingSignals {
      var staged = StagedOutput(place.options.report)
      try staged.makeFolder(backup)
      var manifest = ""
      for file in files {
        manifest += "\(file.old == nil ? "remove" : "restore") \(file.name) \(Digest.sha256.sum(of: file.bytes))\n"
        // It may be a database of things that not everybody may read.
        if let old = file.old { try staged.add("\(backup)/\(file.name)", old, mode: 0o600) }
      }
      try staged.add(backup + "/manifest", Array(manifest.utf8))
      for file in files {
        try staged.add(place.shown(file.name), file.bytes, mode: file.isDatabase ? 0o640 : 0o644)
      }
      // Somebody who wants to stop it can do so to the last moment.
      if isWantedToEnd() { throw ExitCode(128 + SIGINT) }
      try staged.putIntoPlace()
    }
    return backup
  }

  // MARK: and back

  func last() throws -> Saved {
    guard let number = numbers.last else {
      throw place.failure(
        .noInput, .init(.setupBackup, "nothing to take back: \(folder) holds no backup"), at: folder)
    }
    let backup = "\(folder)/\(number)"
    let lines = (try? readFile(backup + "/manifest")).map { show($0).split(separator: "\n") }
    let changes = try lines?.map { try change($0.split(separator: " ").map(String.init), backup) }
    guard let changes else {
      throw place.failure(.dataError, .init(.setupBackup, "cannot read \(backup)/manifest"), at: backup + "/manifest")
    }
    return Saved(folder: backup, changes: changes)
  }

  private func change(_ words: [String], _ backup: String) throws -> Change {
    let known = words.count == 3 && ["remove", "restore"].contains(words[0]) && !words[1].contains("/")
    let before = known && words[0] == "restore" ? try? readFile("\(backup)/\(words[1])") : nil
    guard known, words[0] == "remove" || before != nil else {
      throw place.failure(
        .dataError,
        .init(.setupBackup, "the backup is damaged: \(words.joined(separator: " "))", fix: "copy the files by hand"),
        at: backup + "/manifest")
    }
    let now = try? readFile(place.shown(words[1]))
    let isOurs = now.map { Digest.sha256.sum(of: $0) == words[2] } ?? true
    return Change(name: words[1], now: now, before: before, isChangedSince: !isOurs && now != before)
  }

  func restore(_ saved: Saved) throws {
    try holdingEndingSignals {
      var staged = StagedOutput(place.options.report)
      for change in saved.changes {
        guard let before = change.before else { continue }
        try staged.add(place.shown(change.name), before, mode: change.name.hasSuffix(".db") ? 0o640 : 0o644)
      }
      try staged.putIntoPlace()
      for change in saved.changes where change.before == nil { unlink(place.shown(change.name)) }
      removeFolder(saved.folder)
      // Stays where it holds others.
      rmdir(folder)
    }
  }
}
