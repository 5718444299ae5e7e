// PatternGuard.swift: patterns that would take hours, the memory or the stack.
//
// glibc compiles and matches by recursion, and back references make it try every way
// there is. So what nests too deep is refused, as its own "too big"; and where limits
// hold, what may be costly is matched in a process of its own (patterns.h), which the
// kernel ends.
//
// Fails: by the limit that the other process came to.

import CShims

/// Whether glibc's recursion over a pattern may overflow the stack.
func nestsTooDeep(_ source: Bytes) -> Bool {
  let most = 2000
  guard source.count > most else { return false }
  var (groups, operators) = (0, 0)
  var index = 0
  while index < source.count {
    let byte = source[index]
    index += 1
    switch byte {
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): operators += 1
    case UInt8(ascii: "\\") where index < source.count:
      if source[index] == UInt8(ascii: "(") { groups += 1 }
      if source[index] == UInt8(ascii: ")") { groups -= 1 }
      index += 1
      operators = 0
    default: operators = 0
    }
    if groups > most || operators > most { return true }
  }
  return false
}

extension Processor {
  /// Whether matching may take long, as far as one can see; always false without limits.
  @inline(__always)
  func isCostly(_ source: Bytes, for text: Bytes) -> Bool {
    meter.isOn && limits.seconds > 0 && mayTakeLong(source, for: text)
  }

  private func mayTakeLong(_ source: Bytes, for text: Bytes) -> Bool {
    let steps = source.count.multipliedReportingOverflow(by: source.count &+ text.count &* text.count)
    if steps.overflow || text.count > 1 << 20 || steps.partialValue > 1 << 26 { return true }
    var last: UInt8 = 0
    var isAfterGroup = false
    for byte in source {
      if last == UInt8(ascii: "\\"), Self.isDigit(byte) { return true }
      if isAfterGroup, byte == UInt8(ascii: "*") || byte == UInt8(ascii: "+") { return true }
      isAfterGroup = last == UInt8(ascii: "\\") && byte == UInt8(ascii: ")")
      last = byte
    }
    return false
  }

  mutating func compiledApart(_ source: Bytes, _ text: Bytes, _ every: Bool) -> Result<OpaquePointer, PatternFault> {
    if nestsTooDeep(source) { return .failure(PatternFault(text: "Regular expression too big")) }
    var reason: UnsafePointer<CChar>?
    patterns.apart = waybill_pattern_compile_apart(
      source.baseAddress ?? emptyName, source.count, text.baseAddress ?? emptyName, text.count, every ? 1 : 0,
      Int32(clamping: max(secondsLeft, 1)), limits.memory, &reason)
    if let apart = patterns.apart { return .success(apart) }
    return .failure(PatternFault(text: reason.map { String(cString: $0) } ?? "out of memory"))
  }

  /// Puts the other process away; ends expansion where it was ended.
  mutating func endMatching(_ found: Int) throws(Stop) {
    guard let apart = patterns.apart else { return }
    meter.timeApart += Int(waybill_pattern_finish(apart))
    patterns.apart = nil
    if found == -3 { throw excess(.seconds(limits.seconds)) }
    if found == -4 { throw excess(.memory(limits.memory)) }
  }

  /// Charges what one match is replaced by.
  @inline(__always)
  mutating func chargeReplacement(_ replacement: Bytes, matched count: Int) throws(Stop) {
    guard meter.isOn else { return }
    let (bytes, overflow) = (replacement.count / 2).multipliedReportingOverflow(by: count)
    try charge(overflow ? .max : bytes &+ replacement.count)
  }
}
