// TableError.swift: why a table cannot be read or written.
//
// A damaged file is named with the page and the byte where reading stopped:
// somebody who has to decide between a backup and a rebuild wants to know
// whether one entry or the whole file is gone.

import Diagnostics
import Glibc
import Posix

/// A table that cannot be used.
package struct TableError: Error, Sendable, Equatable {
  package enum Reason: Error, Sendable, Equatable {
    /// The system refused.
    case system(Errno)
    /// It is no file of this kind.
    case wrongFormat(String)
    /// It is one, with something that we do not read.
    case unsupported(String)
    /// Its contents contradict themselves; the offset counts bytes from the
    /// start of the file.
    case damaged(String, page: UInt32, offset: Int)
  }

  package let path: String
  package let reason: Reason

  package init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// The status for a command that ends because of it.
  package var status: ExitStatus {
    switch reason {
    case .system(let error): error.code == ENOENT ? .noInput : .inputOutput
    case .wrongFormat, .unsupported, .damaged: .dataError
    }
  }

  package var diagnostic: Diagnostic {
    Diagnostic(.error, message, at: SourcePosition(file: path))
  }

  private var message: Diagnostic.Message {
    switch reason {
    case .system(let error): .init(.cannotRead, "cannot read table: \(error)")
    case .wrongFormat(let what): .tableFormat(what)
    case .unsupported(let what): .tableUnsupported(what)
    case .damaged(let what, let page, let offset):
      .tableDamaged(what, page: page, offset: offset)
    }
  }
}

extension Result where Failure == TableError.Reason {
  /// The value, or the failure with the name of its file.
  func get(orThrowFor path: String) throws(TableError) -> Success {
    switch self {
    case .success(let value): return value
    case .failure(let reason): throw TableError(path: path, reason: reason)
    }
  }
}
