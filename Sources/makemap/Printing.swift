// Printing.swift: lines out, as bytes, without buffering libraries.

import Glibc
import Posix

/// A message of makemap's own, whatever name it was called by.
func fail(_ status: ExitStatus, _ text: String) -> ExitStatus {
  printError("makemap: \(text)")
  return status
}

func printError(_ text: String) { printError(Array(text.utf8)) }

func printError(_ line: [UInt8]) { _ = try? writeAll(STDERR_FILENO, line + [0x0A]) }
