// MailboxTests.swift: appending, refusing, locking, undoing.

import Delivery
import Foundation
import MailAddress
import Posix
import TestSupport
import Testing

@Suite("Mailbox files")
struct MailboxTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }
  var path: String { folder.path + "/box" }

  private func box(_ policy: LockPolicy = impatient) -> Mailbox {
    var mailbox = Mailbox(path)
    mailbox.locks = policy
    return mailbox
  }

  @Test("a new file is the owner's alone, and holds the message")
  func creates() throws {
    let form = MessageForm.mailbox(fromLine: bytes("From a@b  Thu Nov 26 14:56:04 2026"))
    try box().append(form.render(bytes("Subject: s\n\nFrom here\n>From there\nlast")))
    #expect(
      contents(path) == "From a@b  Thu Nov 26 14:56:04 2026\nSubject: s\n\n>From here\n>From there\nlast\n\n")
    #expect(status(path).st_mode & 0o7777 == 0o600)
    #expect(!exists(path + ".lock"))
    #expect(namesInFolder(folder.path) == ["box"])
  }

  @Test("what was there stays, and a last line without its end does not swallow ours")
  func appends() throws {
    try folder.write("box", "old\n\n")
    try box().append(bytes("new\n\n"))
    #expect(contents(path) == "old\n\nnew\n\n")
    try folder.write("box", "no end")
    try box().append(bytes("new\n\n"))
    #expect(contents(path) == "no end\n\nnew\n\n")
    // Readers that want an empty line before From would not see ours.
    try folder.write("box", "cut off\n")
    try box().append(bytes("new\n\n"))
    #expect(contents(path) == "cut off\n\nnew\n\n")
  }

  @Test("no links, folders, pipes or second names", arguments: ["symlink", "dangling", "hard", "folder", "pipe"])
  func refuses(_ kind: String) throws {
    let other = try folder.write("other", "kept\n")
    switch kind {
    case "symlink": symlink(other, path)
    case "dangling": symlink(other + ".no", path)
    case "hard": link(other, path)
    case "folder": mkdir(path, 0o755)
    default: mkfifo(path, 0o600)
    }
    let failed = failure { try box().append(bytes("x\n\n")) }
    #expect(failed?.enhancedCode == "5.2.0", "\(failed?.text.text ?? "none")")
    #expect(contents(other) == "kept\n")
    #expect(!exists(other + ".no") && !exists(path + ".lock"))
  }

  @Test("a file of somebody else is refused")
  func refusesOthersFile() throws {
    try folder.write("box", "kept\n")
    var mailbox = box()
    mailbox.owner = Account(user: geteuid() + 1, group: 0)
    #expect(failure { try mailbox.append(bytes("x\n\n")) }?.enhancedCode == "5.2.0")
    #expect(contents(path) == "kept\n")
  }

  @Test("root gives a new file to its owner", .enabled(if: isRoot, "needs root"))
  func givesAway() throws {
    var mailbox = box()
    mailbox.owner = Account(user: 1, group: 2)
    try mailbox.append(bytes("x\n\n"))
    #expect(status(path).st_uid == 1 && status(path).st_gid == 2)
  }

  @Test("with an account's rights, root cannot write where it could not", .enabled(if: isRoot, "needs root"))
  func usesRights() throws {
    var mailbox = box()
    mailbox.rights = Account(user: 1, group: 1)
    let failed = failure { try mailbox.append(bytes("x\n\n")) }
    #expect(failed?.enhancedCode == "5.2.0")
    chmod(folder.path, 0o777)
    try mailbox.append(bytes("x\n\n"))
    #expect(status(path).st_uid == 1 && status(path).st_gid == 1)
    // And we are root again.
    chmod(path, 0o600)
    let descriptor = open(path, O_RDONLY)
    #expect(descriptor >= 0)
    close(descriptor)
    #expect(status(try folder.write("mine", "")).st_uid == 0)
  }

  @Test("a mailbox may not grow beyond its limit")
  func limits() throws {
    try folder.write("box", "1234\n\n")
    var mailbox = box()
    mailbox.sizeLimit = 10
    #expect(failure { try mailbox.append(bytes("123\n\n")) }?.enhancedCode == "5.2.2")
    #expect(contents(path) == "1234\n\n")
    try mailbox.append(bytes("12\n\n"))
  }

  @Test("a write that fails half way is undone, and the process lives")
  func undoes() throws {
    // So large that no other test in this process meets the limit.
    let limit = 1 << 30
    let file = try folder.write("box", "")
    truncate(file, limit - 100)
    var before = rlimit()
    getrlimit(__rlimit_resource_t(1), &before)
    var lower = before
    lower.rlim_cur = rlim_t(limit)
    setrlimit(__rlimit_resource_t(1), &lower)
    defer { setrlimit(__rlimit_resource_t(1), &before) }
    let failed = failure { try box().append(Bytes(repeating: 0x78, count: 1000)) }
    #expect(failed?.enhancedCode == "5.2.2", "\(failed?.text.text ?? "none")")
    #expect(status(file).st_size == limit - 100)
    var tail = [UInt8](repeating: 1, count: 100)
    let descriptor = open(file, O_RDONLY)
    defer { close(descriptor) }
    #expect(pread(descriptor, &tail, 100, limit - 200) == 100 && tail.allSatisfy { $0 == 0 })
  }
}

@Suite("Locks on mailboxes")
struct MailboxLockTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }
  var path: String { folder.path + "/box" }

  private func append(_ policy: LockPolicy = impatient) -> DeliveryFailure? {
    var mailbox = Mailbox(path)
    mailbox.locks = policy
    return failure { try mailbox.append(bytes("x\n\n")) }
  }

  @Test("a lock file of a process that lives is waited for, and then it is for later")
  func respectsDotLock() throws {
    try folder.write("box.lock", "\(getppid())\n")
    let failed = append()
    #expect(failed?.enhancedCode == "4.2.0" && failed?.isTemporary == true)
    #expect(!exists(path) && exists(path + ".lock"))
    unlink(path + ".lock")
    #expect(append() == nil)
  }

  /// Text of the lock file, its age in seconds, whether it is left over.
  static let lockFiles: [(text: String, age: Int, isStale: Bool)] = [
    ("", 10, false), ("", 400, true), ("0", 10, false), ("0", 400, true), ("junk\n", 400, true),
    // No process has so high a number (proc(5): pid_max is at most 2^22).
    ("999999999\n", 0, true), ("1\n", 9999, false), ("99999999999999999999", 10, false),
  ]

  @Test("left over or not", arguments: lockFiles)
  func stale(_ text: String, _ age: Int, _ isStale: Bool) throws {
    let lock = try folder.write("box.lock", text)
    let then = timeval(tv_sec: time(nil) - age, tv_usec: 0)
    utimes(lock, [then, then])
    #expect((append() == nil) == isStale)
    #expect(exists(lock) == !isStale)
    #expect(namesInFolder(folder.path).filter { $0.hasPrefix("box.lock.") }.isEmpty)
  }

  @Test("a lock file of this process's number that no thread holds is left over; one that a thread holds is not")
  func ownNumber() throws {
    try folder.write("box.lock", "\(getpid())\n")
    #expect(append() == nil)
    #expect(!exists(path + ".lock"))
    let monitor = Monitor()
    nonisolated(unsafe) var failures = 0
    DispatchQueue.concurrentPerform(iterations: 40) { _ in
      var policy = LockPolicy()
      policy.usesFcntl = false
      var mailbox = Mailbox(path)
      mailbox.locks = policy
      do { try mailbox.append(bytes("one\ntwo\n\n")) } catch { monitor.withLock { failures += 1 } }
    }
    #expect(failures == 0)
    #expect(!exists(path + ".lock"))
  }

  @Test("locks of other programs are respected", arguments: ["fcntl", "flock"])
  func respects(_ kind: String) throws {
    let file = try folder.write("box", "old\n")
    let descriptor = open(file, O_RDWR)
    var policy = impatient
    if kind == "fcntl" {
      var whole = flock()
      whole.l_type = Int16(F_WRLCK)
      #expect(fcntl(descriptor, F_SETLK, &whole) == 0)
    } else {
      policy.usesFlock = true
      #expect(flock(descriptor, LOCK_EX) == 0)
    }
    #expect(append(policy)?.enhancedCode == "4.2.0")
    #expect(contents(file) == "old\n")
    close(descriptor)
    #expect(append(policy) == nil)
  }

  @Test("a lock file that cannot be made matters only where it is asked for", .enabled(if: isRoot, "needs root"))
  func lockFileIfPossible() throws {
    let file = try folder.write("box", "")
    chmod(folder.path, 0o755)
    chown(file, 1, 1)
    var mailbox = Mailbox(path)
    mailbox.rights = Account(user: 1, group: 1)
    #expect(failure { try mailbox.append(bytes("x\n\n")) }?.enhancedCode == "5.2.0")
    mailbox.locks.dotLock = .ifPossible
    #expect(failure { try mailbox.append(bytes("x\n\n")) } == nil)
  }

  @Test("threads of ours and another process append at once, and nothing is lost", .timeLimit(.minutes(10)))
  func together() async throws {
    let path = path
    let count = 40
    let script = """
      for i in $(seq \(count)); do
        echo $$ > "$0.own"
        until ln "$0.own" "$0.lock" 2>/dev/null; do sleep 0.01; done
        printf 'From sh\\n%s\\n\\n' $i >> "$0"
        rm -f "$0.lock"
      done
      """
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        let result = try run("/bin/sh", ["-c", script, path])
        #expect(result.status == 0)
      }
      for thread in 0..<3 {
        group.addTask {
          for number in 0..<count {
            var mailbox = Mailbox(path)
            // One of them has only fcntl to exclude the other threads by.
            mailbox.locks.waitSeconds = 60
            try mailbox.append(bytes("From thread\n\(thread) \(number)\n\n"))
          }
        }
      }
      try await group.waitForAll()
    }
    let messages = contents(path).components(separatedBy: "\n\n").dropLast()
    #expect(messages.count == 4 * count && Set(messages).count == 4 * count)
    #expect(messages.allSatisfy { $0.hasPrefix("From ") && $0.split(separator: "\n").count == 2 })
  }

  @Test("fcntl alone keeps threads apart", .timeLimit(.minutes(10)))
  func threads() async throws {
    let path = path
    await withTaskGroup(of: Int.self) { group in
      for thread in 0..<4 {
        group.addTask {
          var mailbox = Mailbox(path)
          mailbox.locks.dotLock = .none
          mailbox.locks.waitSeconds = 60
          let text = Bytes(repeating: UInt8(0x61 + thread), count: 200_000) + [0x0A]
          return (0..<10).count { _ in failure { try mailbox.append(text) } == nil }
        }
      }
      for await done in group { #expect(done == 10) }
    }
    let lines = contents(path).split(separator: "\n")
    #expect(lines.count == 40 && lines.allSatisfy { $0.count == 200_000 && Set($0.utf8).count == 1 })
  }
}

@Suite("Files that aliases name")
struct FileDeliveryTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }
  var path: String { folder.path + "/file" }

  @Test("the null device takes everything")
  func nullDevice() throws { try FileDelivery("/dev/null").append(bytes("x\n\n")) }

  @Test("other devices, and what could be run, take nothing")
  func refuses() throws {
    #expect(failure { try FileDelivery("/dev/full").append(bytes("x\n\n")) }?.enhancedCode == "5.2.0")
    try folder.write("file", "")
    chmod(path, 0o700)
    #expect(failure { try FileDelivery(path).append(bytes("x\n\n")) }?.enhancedCode == "5.2.0")
    chmod(path, 0o600)
    try FileDelivery(path).append(bytes("x\n\n"))
    #expect(contents(path) == "x\n\n")
  }

  @Test("folders that others may write to are refused where that is asked")
  func folders() throws {
    let inner = folder.path + "/inner"
    mkdir(inner, 0o777)
    chmod(inner, 0o777)
    var delivery = FileDelivery(inner + "/file")
    try delivery.append(bytes("x\n\n"))
    delivery.refusesUnsafeFolders = true
    #expect(failure { try delivery.append(bytes("x\n\n")) }?.enhancedCode == "5.2.0")
    chmod(inner, 0o1777)
    try delivery.append(bytes("x\n\n"))
    #expect(contents(inner + "/file") == "x\n\nx\n\n")
  }
}

@Suite("Maildirs")
struct MaildirTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }
  var path: String { folder.path + "/maildir" }

  @Test("folders are made, and the message is one file in new")
  func delivers() throws {
    let file = try Maildir(path + "/", host: "mail/a:b").deliver(bytes("Subject: s\n\nx\n"))
    #expect(contents(file) == "Subject: s\n\nx\n")
    #expect(status(file).st_mode & 0o7777 == 0o600 && status(path).st_mode & 0o7777 == 0o700)
    #expect(namesInFolder(path) == ["cur", "new", "tmp"])
    #expect(namesInFolder(path + "/tmp").isEmpty)
    let names = namesInFolder(path + "/new")
    #expect(names.count == 1 && names[0].hasSuffix(".mail\\057a\\072b"), "\(names)")
    #expect(file.hasSuffix("/maildir/new/" + names[0]))
  }

  @Test("many at once have names of their own")
  func names() async throws {
    let path = path
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<4 {
        group.addTask {
          for number in 0..<50 {
            let failed = failure { try Maildir(path, host: "h").deliver(bytes("\(thread) \(number)")) }
            #expect(failed == nil)
          }
        }
      }
    }
    let texts = namesInFolder(path + "/new").map { contents(path + "/new/" + $0) }
    #expect(texts.count == 200 && Set(texts).count == 200)
    #expect(namesInFolder(path + "/tmp").isEmpty)
  }

  @Test("what cannot be a maildir is said, and nothing is left")
  func refuses() throws {
    try folder.write("maildir", "a file")
    #expect(failure { try Maildir(path, host: "h").deliver([]) }?.enhancedCode == "5.2.0")
    #expect(failure { try Maildir("/proc/no", host: "h").deliver([]) }?.enhancedCode == "5.2.0")
  }

  @Test("root writes with the rights of the account", .enabled(if: isRoot, "needs root"))
  func rights() throws {
    var maildir = Maildir(path, host: "h")
    maildir.rights = Account(user: 1, group: 1)
    #expect(failure { try maildir.deliver([]) }?.enhancedCode == "5.2.0")
    chmod(folder.path, 0o777)
    let file = try maildir.deliver([])
    #expect(status(file).st_uid == 1 && status(path + "/cur").st_uid == 1)
  }
}
