// Watching.swift: calls measured, and shown to a library user, as they happen.
//
// `waybill build` learns from them what a site file asked for, and where.

extension Processor {
  /// Measures a call, and shows one that stands in a main file itself, outside other
  /// calls' arguments.
  mutating func watch(_ call: Invocation) throws(Stop) {
    try meter(call)
    guard let watch = surroundings.watch, site.isInMain, frames.isEmpty else { return }
    spellOutTexts(call)
    var texts: [[UInt8]] = []
    var index = 1
    while index <= call.count {
      texts.append(Array(argument(index, of: call)))
      index += 1
    }
    watch(
      WatchedCall(
        name: Array(symbols[call.symbol].bytes), arguments: texts,
        file: fileNames[Int(site.location.file)], line: Int(site.location.line), column: Int(site.column)))
  }
}
