// MapFile.swift: one map built or printed.
//
// The new file is made beside the old one and takes its place when it is whole
// and on disk, where the original rewrites the old one in place: a reader never
// sees half a map, and a full disk leaves the old one as it was.

import Glibc
import Posix
import Tables

struct MapFile {
  let name: [UInt8]
  let typeName: String
  let trustedUser: uid_t?
  let settings: MakeMapSettings

  private var shownName: String { String(decoding: name, as: UTF8.self) }

  /// With the suffix that the name may have already.
  private var path: String {
    shownName.utf8.suffix(3).elementsEqual(".db".utf8) ? shownName : shownName + ".db"
  }

  func cannotOpen(_ why: String) -> Failure {
    Failure(status: fail(.cannotCreate, "error opening type \(typeName) map \(shownName): \(why)"))
  }

  private func checked(for purpose: FileSafety.Purpose) throws(Failure) -> stat? {
    let safety = FileSafety(
      purpose: purpose, allowsLinks: settings.allowsLinks, trustedUser: trustedUser)
    do throws(FileRefusal) { return try safety.check(path) } catch {
      throw cannotOpen(error.text)
    }
  }

  // MARK: printing

  func dump() throws(Failure) -> ExitStatus {
    _ = try checked(for: .read)
    var output = OutputBuffer()
    do throws(TableError) {
      let file = try BerkeleyDBFile(path: path)
      guard typeName == "implicit" || file.kind.rawValue == typeName,
        !settings.keepsDuplicates || file.allowsDuplicates
      else { throw TableError(path: path, reason: .system(Errno(EINVAL))) }
      let between = settings.grammar.separator ?? 0x09
      try file.forEachEntry { key, value in
        output.append(upToNUL(key), between, upToNUL(value))
      }
    } catch {
      throw cannotOpen(wording(of: error))
    }
    output.flush()
    return output.failure.map { fail(.inputOutput, "standard output: \($0)") } ?? .ok
  }

  /// The original prints keys and values as C strings.
  private func upToNUL(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bytes.prefix { $0 != 0 }
  }

  /// What libdb would say where it says something; else what our reader found.
  private func wording(of error: TableError) -> String {
    switch error.reason {
    case .system(let errno): errno.description
    case .wrongFormat: Errno(EINVAL).description
    case .unsupported, .damaged: error.diagnostic.message.text
    }
  }

  // MARK: building

  func build() throws(Failure) -> ExitStatus {
    let old = try checked(for: settings.appends ? .append : .create)
    var file: ReplacementFile
    do throws(Errno) {
      file = try ReplacementFile(for: settings.allowsLinks ? resolved(path) : path, mode: 0o640)
    } catch {
      throw cannotOpen(error.description)
    }
    do throws(Failure) {
      giveOwner(file.descriptor, old)
      let status = try fill(file)
      do throws(Errno) { try file.commit() } catch {
        throw Failure(status: fail(.inputOutput, "\(shownName): \(error)"))
      }
      return status
    } catch {
      file.abandon()
      throw error
    }
  }

  /// What a link leads to is replaced, not the link.
  private func resolved(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return path }
    defer { free(found) }
    return String(cString: found)
  }

  /// The owner of the old file, or the trusted user, keeps owning the map.
  private func giveOwner(_ descriptor: Int32, _ old: stat?) {
    if let old, old.st_uid != geteuid() || old.st_gid != getegid() {
      let mode = old.st_mode & 0o777
      if fchown(descriptor, old.st_uid, old.st_gid) == 0 { fchmod(descriptor, mode) }
    }
    if geteuid() == 0, let trustedUser, trustedUser != 0 {
      fchown(descriptor, trustedUser, gid_t.max)
    }
  }

  private func fill(_ file: ReplacementFile) throws(Failure) -> ExitStatus {
    if settings.appends { try copyOld(to: file) }
    let text: TableText
    do throws(Errno) {
      text = TableText(try readAll(STDIN_FILENO), grammar: settings.grammar)
    } catch {
      throw Failure(status: fail(.inputOutput, "standard input: \(error)"))
    }
    var writer = BerkeleyDBWriter(typeName == "btree" ? .btree : .hash)
    writer.duplicates = settings.duplicates
    writer.endsWithNUL = settings.endsWithNUL
    let repeated: [TableFault]
    do throws(TableError) {
      repeated =
        settings.appends
        ? try writer.append(file.temporaryPath, from: text)
        : try writer.create(file.temporaryPath, from: text)
    } catch {
      throw settings.appends
        ? cannotOpen(wording(of: error))
        : Failure(status: fail(.inputOutput, "\(shownName): \(wording(of: error))"))
    }
    if settings.isVerbose { show(text) }
    return report(text.faults + repeated)
  }

  private func copyOld(to file: ReplacementFile) throws(Failure) {
    do throws(Errno) { try writeAll(file.descriptor, try readFile(path)) } catch {
      throw cannotOpen(error.description)
    }
  }

  private func show(_ text: TableText) {
    var output = OutputBuffer()
    for index in 0..<text.count {
      let entry = text[index]
      output.append("key=`", entry.key, "', val=`", entry.value, "'\n")
    }
    output.flush()
  }

  private func report(_ faults: [TableFault]) -> ExitStatus {
    for fault in faults.sorted(by: { $0.line < $1.line }) {
      var line = Array("makemap: \(shownName): line \(fault.line): ".utf8)
      switch fault.kind {
      case .lineTooLong: line += "line too long (1024 bytes max)".utf8
      case .leadingBlank: line += "syntax error (leading space)".utf8
      case .missingValue(let key): line += Array("no RHS for LHS ".utf8) + key
      case .duplicateKey(let key): line += Array("key ".utf8) + key + Array(": duplicate key".utf8)
      }
      printError(line)
    }
    return faults.isEmpty ? .ok : .dataError
  }
}

/// Standard output in large pieces.
struct OutputBuffer {
  /// Why nothing more can be written.
  private(set) var failure: Errno?
  private var bytes: [UInt8] = []

  /// key, a byte, value, newline
  mutating func append(_ key: ArraySlice<UInt8>, _ between: UInt8, _ value: ArraySlice<UInt8>) {
    bytes += key
    bytes.append(between)
    bytes += value
    bytes.append(0x0A)
    if bytes.count > 1 << 16 { flush() }
  }

  mutating func append(
    _ one: String, _ two: [UInt8], _ three: String, _ four: [UInt8], _ five: String
  ) {
    bytes += one.utf8
    bytes += two
    bytes += three.utf8
    bytes += four
    bytes += five.utf8
    if bytes.count > 1 << 16 { flush() }
  }

  mutating func flush() {
    if failure == nil {
      do throws(Errno) { try writeAll(STDOUT_FILENO, bytes) } catch { failure = error }
    }
    bytes.removeAll(keepingCapacity: true)
  }
}
