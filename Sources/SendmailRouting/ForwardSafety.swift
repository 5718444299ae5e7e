// ForwardSafety.swift: which .forward files count.
//
// A file that others than its user and root can have written says nothing about the user's
// mail. DontBlameSendmail makes exceptions; what they allow was seen by the real program.
//
// Fails: never; a file that does not count is as if it were not there.

import Posix
import SendmailCF

struct ForwardSafety {
  /// In small letters.
  private let exceptions: Set<String>

  /// - Parameter option: DontBlameSendmail.
  init(_ option: String?) {
    exceptions = Set((option ?? "").lowercased().split { !$0.isLetter }.map(String.init))
  }

  func trusts(_ path: String, _ file: FileTrust, of account: Account) -> Bool {
    guard file.isRegular, file.owner == account.user || file.owner == 0,
      file.lets(account, .read)
    else { return false }
    if file.isGroupWritable, !allows("GroupWritableForwardFile") { return false }
    if file.isWorldWritable, !allows("WorldWritableForwardFile") { return false }
    let folders = foldersAbove(path).map { FileTrust($0) }
    if file.links > 1 || file.isSymbolicLink, let last = folders.last ?? nil, mayHaveLinksOfOthers(last) {
      return false
    }
    return folders.allSatisfy { $0.map { isSafe($0, account) } ?? false }
  }

  private func mayHaveLinksOfOthers(_ folder: FileTrust) -> Bool {
    if allows("LinkedForwardFileInWritableDir") { return false }
    return folder.isWorldWritable || folder.isGroupWritable && !allows("GroupWritableDirPathSafe")
  }

  private func isSafe(_ folder: FileTrust, _ account: Account) -> Bool {
    guard folder.isFolder, folder.lets(account, .search) else { return false }
    if allows("ForwardFileInUnsafeDirPath") { return true }
    if folder.isWorldWritable { return false }
    return !folder.isGroupWritable || allows("GroupWritableDirPathSafe") || allows("ForwardFileInGroupWritableDirPath")
  }

  private func allows(_ exception: String) -> Bool { exceptions.contains(exception.lowercased()) }
}
