// QueueError.swift: what the queue refuses, in words for the log.

import Glibc
import Posix

package enum QueueError: Error, Sendable, Equatable {
  case notAFolder(String)
  /// The folder holds something that is not ours.
  case foreign(folder: String, example: String)
  case wrongVersion(folder: String, found: String)
  case notOwner(folder: String, owner: UInt32)
  case openToOthers(folder: String, mode: UInt32)
  case locked(folder: String, process: Int32?)
  /// Too little room on the file system: SMTP answers 452.
  case insufficientSpace
  /// The system said no while we did something with a file.
  case system(doing: String, path: String, Errno)
  case unknownMessage(QueueID)
  case unknownRecipient(QueueID, UInt32)
  /// The content does not have its checksum any more.
  case damaged(QueueID)
  case noRecipients
  case tooLarge
  case closed
}

extension QueueError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAFolder(let path): "\(path) is not a folder"
    case .foreign(let folder, let example):
      "\(folder) is not a queue of ours: it has no VERSION and holds \"\(example)\"; name an empty folder"
    case .wrongVersion(let folder, let found):
      "the queue in \(folder) is of another version: \"\(found)\", and we know \"\(QueueFolder.version)\""
    case .notOwner(let folder, let owner): "\(folder) belongs to another user (\(owner))"
    case .openToOthers(let folder, let mode):
      "\(folder) is open to others (mode \(String(mode, radix: 8))); run chmod 700 on it"
    case .locked(let folder, let process):
      "the queue in \(folder) is in use by " + (process.map { "process \($0)" } ?? "another process")
    case .insufficientSpace: "too little free space for the queue"
    case .system(let doing, let path, let reason): "cannot \(doing) \(path): \(reason)"
    case .unknownMessage(let id): "no message \(id)"
    case .unknownRecipient(let id, let number): "message \(id) has no recipient \(number)"
    case .damaged(let id): "the content of message \(id) is damaged"
    case .noRecipients: "a message without recipients"
    case .tooLarge: "an envelope that is too large"
    case .closed: "the queue is closed"
    }
  }

  /// A full disk is one condition, whichever call meets it.
  static func failed(_ doing: String, _ path: String, _ reason: Errno) -> QueueError {
    [ENOSPC, EDQUOT, EFBIG].contains(reason.code)
      ? .insufficientSpace : .system(doing: doing, path: path, reason)
  }
}
