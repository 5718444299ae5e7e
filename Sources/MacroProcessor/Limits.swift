// Limits.swift: what an expansion may take, and how its end is told.
//
// Nothing is counted per byte. Each call is charged with the bytes that it may lay down
// at most, known from its arguments before it is carried out; when the charges have come
// to a part of the limit, the C library is asked what memory the process holds. The clock
// is looked at now and then. Where no limit is set, only the length of the arguments and
// the number of every 65,536th call lead here: a recursion that no limit stops ends
// before it has taken half of the machine's memory.
//
// Fails: a limit ends expansion, with the macros that call each other; status 65.

import CShims
import Glibc
import Posix

/// Bounds; 0 means none.
package struct Limits: Sendable {
  /// Calls within calls, as -L sets them.
  package var nesting = 0 { didSet { boundCalls() } }
  /// Calls within calls, beyond which the input is taken to recurse without end.
  /// GNU m4 gives up at some 15,000, where its own stack ends.
  package var depth = 250_000 { didSet { boundCalls() } }
  /// The lower of the two, which each call asks for.
  private(set) var callsWithinEachOther = 250_000
  /// Calls in all.
  package var expansions = 0
  /// Bytes held at once, beyond what the process held before.
  package var memory = 0
  /// Bytes of output, messages, and diversions in temporary files.
  package var output = 0
  /// Seconds of processor time.
  package var seconds = 0

  package init() {}

  /// For files that one does not trust.
  package static let sandbox = {
    var limits = Limits()
    limits.depth = 20_000
    limits.expansions = 10_000_000
    limits.memory = 512 << 20
    limits.output = 256 << 20
    limits.seconds = 10
    return limits
  }()

  private mutating func boundCalls() {
    callsWithinEachOther = nesting > 0 ? min(nesting, depth) : depth
  }

  var isSet: Bool { expansions > 0 || memory > 0 || output > 0 || seconds > 0 }
}

/// Which limit was passed.
package enum Excess: Sendable, Equatable {
  case depth(Int)
  case unread(Int)
  case expansions(Int)
  case memory(Int)
  case output(Int)
  case seconds(Int)
  /// No limit is set: the machine's memory.
  case machine

  var text: MessageText {
    switch self {
    case .depth(let most): "ERROR: calls nest \(most) deep: recursion without end"
    case .unread(let most): "ERROR: \(most) expansions are still to be read: recursion without end"
    case .expansions(let most): "ERROR: more than \(most) macro calls: recursion without end? (--max-expansions)"
    case .memory(let most): "ERROR: more than \(most) bytes of memory (--max-memory)"
    case .output(let most): "ERROR: more than \(most) bytes of output (--max-output)"
    case .seconds(let most): "ERROR: more than \(most) seconds of processor time (--max-time)"
    case .machine: "ERROR: memory exhausted: recursion without end?"
    }
  }
}

/// What was taken so far.
struct Meter {
  /// Whether calls are charged.
  var isOn = false
  /// Of the heap, when the run began.
  var heapAtStart = 0
  var startTime = 0
  /// What pattern matching took in processes of its own.
  var timeApart = 0
  /// Since the heap and the clock were last looked at.
  var charged = 0
  var calls = 0
  /// Bytes of messages and traces.
  var messageBytes = 0
}

extension Processor {
  /// Arguments so long, and every so many calls, lead to `meter` also without limits.
  static var longArguments: Int { 2 << 20 }
  /// From here on the heap is looked at each time; texts that double have been seen a few times by then.
  private static var veryLongArguments: Int { 8 << 20 }
  static var callsBetweenLooks: Int { 1 << 16 }
  /// Blocks of input not read to their end, beyond which it is taken to recurse.
  private static var mostBlocks: Int { 5_000_000 }

  /// Begins to measure; called where limits are set.
  mutating func startMeter() {
    meter.isOn = limits.isSet
    isWatched = meter.isOn || surroundings.watch != nil || provenance.isOn
    guard meter.isOn else { return }
    meter.heapAtStart = waybill_heap_in_use()
    meter.startTime = Self.processorTime()
  }

  /// Looks at a call that is about to be carried out.
  mutating func meter(_ call: Invocation) throws(Stop) {
    let isText = symbols[definition: call.definition].builtin == nil
    recent.add(.init(symbol: call.symbol, isText: isText, location: site.location))
    guard meter.isOn else {
      try lookWithoutLimits()
      return
    }
    if limits.expansions > 0, callCount > limits.expansions { throw excess(.expansions(limits.expansions)) }
    meter.calls += 1
    try charge(256 + greatestResult(of: call))
    if meter.calls >= 1024 { try look() }
  }

  /// Charges bytes that are about to be taken.
  mutating func charge(_ bytes: Int) throws(Stop) {
    guard meter.isOn, bytes > 0 else { return }
    let (sum, overflow) = meter.charged.addingReportingOverflow(bytes)
    meter.charged = overflow ? .max : sum
    let part = (limits.memory > 0 ? limits.memory : 512 << 20) / 16
    if meter.charged > part { try look(aboutToTake: bytes) }
  }

  /// Compares what was taken with the limits.
  mutating func look(aboutToTake bytes: Int = 0, aboutToWrite output: Int = 0) throws(Stop) {
    (meter.calls, meter.charged) = (0, 0)
    if limits.memory > 0, bytes > limits.memory - (waybill_heap_in_use() - meter.heapAtStart) {
      throw excess(.memory(limits.memory))
    }
    let written = diversions.bytesOut + diversions.bytesSpilled + meter.messageBytes
    if limits.output > 0, written + output > limits.output {
      throw excess(.output(limits.output))
    }
    if limits.seconds > 0, secondsLeft <= 0 { throw excess(.seconds(limits.seconds)) }
    if blocks.count > Self.mostBlocks { throw excess(.unread(Self.mostBlocks)) }
  }

  /// A call nests as deep as none should. A few more are let through, so that what repeats
  /// is known.
  mutating func endTooDeep(at location: Location) throws(Stop) {
    isWatched = true
    guard recent.count < 64, frames.count < limits.depth + 256 else {
      throw excess(.depth(limits.depth), at: location)
    }
  }

  /// A call's arguments refer to texts elsewhere, which may have to be spelled out.
  mutating func limitReferences(of call: Invocation, at location: Location) throws(Stop) {
    let bytes = spelledBytes(of: call)
    if meter.isOn {
      site.location = location
      try charge(bytes)
    } else if bytes >= Self.longArguments {
      isWatched = true
      if waybill_heap_in_use() + 2 * bytes > Self.mostMemory { throw excess(.machine, at: location) }
    }
  }

  private func spelledBytes(of call: Invocation) -> Int {
    (0..<call.entries).reduce(0) { min($0 &+ spelledBytes(of: arguments[call.firstArgument + $1]), Self.boundless) }
  }

  /// What the references within an argument are, spelled out.
  private func spelledBytes(of argument: Argument) -> Int {
    guard argument.referenceCount > 0 else { return 0 }
    return (0..<Int(argument.referenceCount)).reduce(0) { sum, index in
      let reference = embedded[Int(argument.firstReference) + index].reference
      let bytes = reference.kind == .definition ? reference.extent + 2 : argumentLists.bytes(of: reference)
      return min(sum &+ bytes, Self.boundless)
    }
  }

  private mutating func lookWithoutLimits() throws(Stop) {
    // The next calls are kept, so that the cycle is known when the end comes.
    if argumentText.count >= Self.longArguments || blocks.count > Self.mostBlocks / 8 { isWatched = true }
    if blocks.count > Self.mostBlocks, recent.count >= 8 { throw excess(.unread(Self.mostBlocks)) }
    let growth = argumentText.count >= Self.veryLongArguments ? 2 * argumentText.count : 0
    guard growth > 0 || callCount & (Self.callsBetweenLooks - 1) == 0 else { return }
    if waybill_heap_in_use() + growth > Self.mostMemory { throw excess(.machine) }
  }

  /// Half of the machine's memory, or less where the process may have less.
  private static let mostMemory: Int = {
    let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 2
    var space = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &space) == 0, space.rlim_cur < UInt64(Int.max) else {
      return machine
    }
    return min(machine, Int(space.rlim_cur) / 2)
  }()

  var secondsLeft: Int {
    let taken = Self.processorTime() - meter.startTime + meter.timeApart
    return limits.seconds - taken / 1_000_000
  }

  /// Microseconds that this thread has worked.
  private static func processorTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
  }

  /// Ends expansion at a limit.
  mutating func excess(_ excess: Excess, at location: Location? = nil) -> Stop {
    let cycle = cycle()
    let location = location ?? site.location
    say(.fatal, excess.text, at: location, cause: .excess(excess, cycle: cycle))
    if surroundings.receive == nil, let text = CallStep.text(cycle) { say(.fatal, text, at: location) }
    return .exit(meter.isOn ? ExitStatus.dataError.rawValue : 1)
  }

  // MARK: What a call may give

  /// Charges what `builtin` calls by another name.
  mutating func charge(_ builtin: Builtin, _ call: Invocation) throws(Stop) {
    guard meter.isOn else { return }
    try charge(greatestResult(of: builtin, call, lengthOfArguments(of: call)))
  }

  /// The bytes that a call lays down at most.
  @inline(__always)
  private func greatestResult(of call: Invocation) -> Int {
    let arguments = lengthOfArguments(of: call)
    let definition = symbols[definition: call.definition]
    guard let builtin = definition.builtin else {
      guard definition.hasParameters else { return arguments + definition.length }
      let most = Self.product(definition.length / 2 + 1, max(arguments + quoteBytes(of: call), 20))
      return arguments + (most > 1 << 16 ? resultOfText(definition.bytes, call, arguments) : most)
    }
    return greatestResult(of: builtin, call, arguments)
  }

  private func greatestResult(of builtin: Builtin, _ call: Invocation, _ arguments: Int) -> Int {
    switch builtin {
    // The own charge of these follows where they are carried out.
    case .builtin, .indir, .format, .eval, .patsubst, .regexp: return arguments * 2
    case .shift: return arguments * 2 + quoteBytes(of: call)
    // Ranges: two bytes may stand for 255.
    case .translit: return arguments + (argument(2, of: call).count + argument(3, of: call).count) * 128
    case .defn: return arguments + definitionBytes(of: call)
    case .undivert: return arguments + diversions.bytesHeld
    default: return arguments * 2
    }
  }

  @inline(__always)
  private func lengthOfArguments(of call: Invocation) -> Int {
    call.hasReferences ? spelledLength(of: call) : argumentBytes(call)
  }

  private func spelledLength(of call: Invocation) -> Int {
    (0..<call.entries).reduce(0) {
      min($0 &+ spelledLength(of: arguments[call.firstArgument + $1]), Self.boundless)
    }
  }

  /// How long an argument or a list of them is, whether or not it is spelled out.
  private func spelledLength(of argument: Argument) -> Int {
    guard !argument.isList else {
      return argumentLists.bytes(of: embedded[Int(argument.firstReference)].reference)
    }
    return argument.length &+ spelledBytes(of: argument)
  }

  private func lengthOfArgument(_ index: Int, of call: Invocation) -> Int {
    guard call.hasReferences, index >= 1, index <= call.count else { return argument(index, of: call).count }
    let entry = arguments[call.firstArgument + entry(of: index, call).entry]
    return entry.isList ? argument(index, of: call).count : spelledLength(of: entry)
  }

  private func quoteBytes(of call: Invocation) -> Int {
    Self.product(call.count, syntax.openQuote.count + syntax.closeQuote.count + 1)
  }

  /// More than any memory, and far enough from overflow that a few may be added.
  private static var boundless: Int { 1 << 60 }

  private static func product(_ one: Int, _ other: Int) -> Int {
    let (product, overflow) = one.multipliedReportingOverflow(by: other)
    return overflow ? boundless : min(product, boundless)
  }

  private func definitionBytes(of call: Invocation) -> Int {
    guard call.count > 0 else { return 0 }
    return (1...call.count).reduce(0) { sum, index in
      guard let symbol = symbols.findDefined(argument(index, of: call)) else { return sum }
      return sum &+ symbols[definition: symbols[symbol].definition].length
    }
  }

  private func resultOfText(_ body: Bytes, _ call: Invocation, _ arguments: Int) -> Int {
    let all = arguments + quoteBytes(of: call)
    var sum = body.count
    var index = 0
    while let dollar = firstIndex(of: UInt8(ascii: "$"), in: Bytes(rebasing: body[index...])) {
      index += dollar + 1
      guard index < body.count else { break }
      switch body[index] {
      case UInt8(ascii: "0"): sum &+= symbols[call.symbol].bytes.count
      case UInt8(ascii: "1")...UInt8(ascii: "9"):
        var number = 0
        var end = index
        while end < body.count, Self.isDigit(body[end]), end == index || !isTraditional {
          number = min(number * 10 + Int(body[end] - UInt8(ascii: "0")), Int(Int32.max))
          end += 1
        }
        sum &+= lengthOfArgument(number, of: call)
      case UInt8(ascii: "*"), UInt8(ascii: "@"): sum &+= all
      default: break
      }
      sum = min(sum, Self.boundless)
    }
    return sum
  }
}
