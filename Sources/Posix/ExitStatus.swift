// ExitStatus.swift: the exit statuses of mail programs (sysexits.h).

/// What a command tells its caller by its exit status.
package enum ExitStatus: Int32, Sendable {
  case ok = 0
  /// The command was called wrongly.
  case usage = 64
  /// The input was wrong.
  case dataError = 65
  /// An input file does not exist or cannot be read.
  case noInput = 66
  case noUser = 67
  case noHost = 68
  /// A program or service that is needed is not there.
  case unavailable = 69
  /// A fault of ours.
  case software = 70
  /// The system lacks something, for instance processes.
  case systemError = 71
  case systemFile = 72
  /// An output file cannot be created.
  case cannotCreate = 73
  case inputOutput = 74
  /// Try again later.
  case temporaryFailure = 75
  case protocolError = 76
  case noPermission = 77
  /// The configuration is wrong.
  case configuration = 78
}
