// Watching.swift: calls shown to a library user as they happen.
//
// `waybill build` learns from them what a site file asked for, and where.

extension Processor {
  /// Shows a call that stands in a main file itself, outside other calls' arguments.
  mutating func watch(_ call: Invocation) throws(Stop) {
    if limits.expansions > 0, callCount > limits.expansions {
      throw fatal(.tooManyExpansions(limits.expansions), at: site.location)
    }
    if limits.expandedBytes > 0, expandedBytes > limits.expandedBytes {
      throw fatal(.tooMuchText(limits.expandedBytes), at: site.location)
    }
    guard let watch = surroundings.watch, site.isInMain, frames.isEmpty else { return }
    var texts: [[UInt8]] = []
    var index = 1
    while index <= call.count {
      texts.append(Array(argument(index, of: call)))
      index += 1
    }
    watch(
      WatchedCall(
        name: Array(symbols[call.symbol].bytes), arguments: texts,
        file: fileNames[Int(site.location.file)], line: Int(site.location.line)))
  }
}
