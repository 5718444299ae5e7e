// FileRights.swift: what is done to files with the rights of an account.
//
// A server that is root writes into folders that others own. What an account may not touch
// must not be touched for it, whatever links it has laid out, so the kernel is told whose
// work this is. Only the calling thread is changed; the others go on as they were.
//
// Fails: `Errno`, where we are root and the kernel refuses.

import CShims
import Glibc

/// Runs the body with the rights of the account where we are root; as we are otherwise.
package func withFileRights<Value, Failure: Error>(
  of account: Account?, orElse failure: (Errno) -> Failure, do body: () throws(Failure) -> Value
) throws(Failure) -> Value {
  guard let account, geteuid() == 0 else { return try body() }
  var before = waybill_rights()
  guard waybill_files_as(account.user, account.group, &before) == 0 else { throw failure(.last) }
  defer { waybill_files_back(&before) }
  return try body()
}
