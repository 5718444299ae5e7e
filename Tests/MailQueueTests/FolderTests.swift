import Foundation
import MailQueue
import Posix
import TestSupport
import Testing

@Suite("The folder of a queue is ours alone")
struct FolderTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/a/queue"
  }

  func open() throws -> MessageQueue { try MessageQueue.open(folder: path, settings: .unsynced) }

  @Test("it is made, for us only, and so are the files in it")
  func made() throws {
    let queue = try open()
    try queue.put([])
    for name in ["", "/VERSION", "/lock", "/" + segments(in: path)[0]] {
      var status = stat()
      #expect(stat(path + name, &status) == 0)
      #expect(status.st_mode & 0o077 == 0, "\(name)")
    }
  }

  @Test("a second opener is told who has it")
  func locked() throws {
    var queue: MessageQueue? = try open()
    #expect(throws: QueueError.locked(folder: path, process: getpid())) { try open() }
    #expect("\(QueueError.locked(folder: path, process: 7))".contains("process 7"))
    queue = nil
    #expect(queue == nil)
    _ = try open()
  }

  @Test("a folder with other things in it is refused and left as it was")
  func foreign() throws {
    try folder.write("a/queue/letter.txt", "mine")
    chmod(path, 0o700)
    #expect(throws: QueueError.foreign(folder: path, example: "letter.txt")) { try open() }
    #expect(namesInFolder(path) == ["letter.txt"])
  }

  @Test("an empty folder, or one where a first start was cut short, is taken")
  func unfinished() throws {
    try folder.write("a/queue/lock", "")
    try folder.write("a/queue/VERSION.new.77", "")
    chmod(path, 0o700)
    try open().close()
    try open().close()
  }

  @Test("another version is refused", arguments: ["waybill mail queue 2\n", "", "waybill mail queue 10\n"])
  func version(_ text: String) throws {
    try folder.write("a/queue/VERSION", text)
    chmod(path, 0o700)
    let found = text.split(separator: "\n").first.map(String.init) ?? ""
    #expect(throws: QueueError.wrongVersion(folder: path, found: found)) { try open() }
  }

  @Test("a folder that is open to others is refused")
  func mode() throws {
    try open().close()
    chmod(path, 0o750)
    #expect(throws: QueueError.openToOthers(folder: path, mode: 0o750)) { try open() }
  }

  @Test("somebody else's folder is refused", .enabled(if: geteuid() == 0, "only root can give a folder away"))
  func owner() throws {
    try open().close()
    chown(path, 1, 1)
    #expect(throws: QueueError.notOwner(folder: path, owner: 1)) { try open() }
  }

  @Test("a file is no folder")
  func file() throws {
    try folder.write("a/queue", "")
    #expect(throws: QueueError.notAFolder(path)) { try open() }
  }
}
