// Processor.swift: an m4, from its start to its end.
//
//     files ──► Input ──► Scanning ──► Diversions ──► output
//                 ▲           │ name(arguments)
//                 └── Calls ◄─┘
//
// One value holds all state; it is never copied. Input, output, commands and
// messages go through `Surroundings`, so that a library user can keep output in
// memory, answer commands itself and refuse files.

/// What an m4 may see of the world.
package struct Surroundings {
  /// As messages name the program.
  package var programName: [UInt8] = Array("m4".utf8)
  /// Where diversion 0 goes; nil keeps it for `takeOutput`.
  package var outputDescriptor: Int32? = nil
  /// Folders searched for included files, in order, after the current one.
  package var includeFolders: [[UInt8]] = []
  /// Finds and reads a file; nil leaves it to the file system.
  package var readFile: ((_ path: [UInt8]) -> FileAnswer)? = nil
  /// Runs a shell command in place of /bin/sh, and answers with its output and wait
  /// status; nil leaves it to the shell. The line is that of the main file that led there.
  package var runCommand: ((_ command: [UInt8], _ originLine: Int) -> (output: [UInt8], status: Int32)?)? = nil
  /// Gives the name of a file in place of mkstemp; nil leaves it to the system.
  package var makeFile: ((_ template: [UInt8]) -> [UInt8]?)? = nil
  /// What files may do; nil for everything.
  package var sandbox: Sandbox? = nil
  /// Takes messages in place of standard error.
  package var receive: ((Message) -> Void)? = nil
  /// Sees each call written in a file given to `process`, before it is carried out.
  package var watch: ((borrowing WatchedCall) -> Void)? = nil

  package init() {}
}

/// How a request for a file was answered.
package enum FileAnswer {
  case contents([UInt8])
  case missing(errno: Int32)
  /// Look there.
  case elsewhere([UInt8])
  /// Look in the file system as usual.
  case unhandled
}

/// A call in a main file, with its arguments as collected.
package struct WatchedCall {
  package let name: [UInt8]
  package let arguments: [[UInt8]]
  package let file: [UInt8]
  package let line: Int
  /// From 1, where provenance is kept; else 0.
  package let column: Int
}

package struct Processor: ~Copyable {
  /// The compiler passes a value with an existential by its address. Without one it copies all of
  /// the processor for each call of a method that does not mutate it.
  private let staysInPlace: Any = ()
  var surroundings: Surroundings
  package var limits = Limits() { didSet { startMeter() } }
  /// The files that were asked for.
  package var files = FileLog()

  // Reading.
  var cursor: UnsafePointer<UInt8> = emptyName
  var limit: UnsafePointer<UInt8> = emptyName
  var blocks = Stack<InputBlock>()
  /// Those in the input, in the order of their blocks.
  var blockReferences = Stack<Reference>()
  var arena = TextArena()
  var fileNames: [[UInt8]] = [[]]
  /// Contents of the files being read, outermost first.
  var openFiles: [FileText] = []
  /// Where the block that is a stream comes from: standard input, or a long file. There is one at a time.
  var streamDescriptor: Int32 = 0
  /// The beginning of a line of the stream whose end has not come yet.
  var streamRest: [UInt8] = []
  /// What m4wrap saved for the end, in the order of the calls.
  var wrapped: [WrappedText] = []

  // Understanding.
  var symbols = SymbolTable()
  let arities = Arities()
  var syntax = Syntax()
  var frames = Stack<Frame>()
  var arguments = Stack<Argument>(capacity: 64)
  var argumentText = ByteBuffer(capacity: 1 << 12)
  /// The references in arguments, in their order.
  var embedded = Stack<EmbeddedReference>()
  var argumentLists = ArgumentLists()
  /// Of the call that is being carried out.
  var site = CallSite()
  /// Calls so far.
  var callCount = 0
  /// Whether calls are shown to somebody or charged.
  var isWatched = false
  var meter = Meter()
  var recent = RecentCalls()
  var provenance = Provenance()
  /// Files that mkstemp made.
  var madeFiles: [[UInt8]] = []
  /// Whether the call that is being carried out is traced, so that its expansion must be there to be shown.
  var isTracedCall = false

  // Answering.
  var diversions: Diversions
  var synclines = Synclines()
  var trace = Trace()
  var patterns = PatternCache()
  /// Whether regular expressions are still to follow the locale of LC_ALL, LC_CTYPE or LANG, which must not be
  /// that of C.
  package var followsLocale = false
  /// What definitions are searched for; nil for nothing.
  var sequences: SequencePattern?
  var lastCommandStatus: Int32 = 0
  var status: Int32 = 0
  var failures = Failures()

  /// -G: without GNU's extensions.
  package var isTraditional = false
  /// -Q: without warnings about argument counts.
  package var isQuiet = false
  /// -i: output is written as it comes.
  package var isInteractive = false { didSet { if isInteractive { diversions.writeAtOnce() } } }
  /// -E: 1 makes the status 1 after a warning, 2 stops there.
  package var fatalWarnings = 0

  /// - Parameters:
  ///   - prefixed: whether builtins are called `m4_define` and so on (-P).
  ///   - hasBuiltins: false for one that is to take over a frozen state.
  package init(
    _ surroundings: Surroundings, prefixed: Bool = false, traditional: Bool = false,
    hasBuiltins: Bool = true
  ) {
    self.surroundings = surroundings
    isTraditional = traditional
    diversions = Diversions(descriptor: surroundings.outputDescriptor)
    isWatched = surroundings.watch != nil
    if hasBuiltins { installBuiltins(prefixed: prefixed) }
  }

  // MARK: The life of an m4

  /// Expands one file, or standard input for `-`.
  package mutating func process(_ path: [UInt8]) throws(ProcessorExit) {
    do throws(Stop) {
      guard openMain(path) else { return }
      try expandInput()
    } catch { throw ended(error) }
  }

  /// Expands text as though it stood in a file of that name.
  package mutating func process(text: [UInt8], named name: [UInt8]) throws(ProcessorExit) {
    do throws(Stop) {
      push(contents: FileText(text), name: name, isMain: true)
      try expandInput()
    } catch { throw ended(error) }
  }

  /// Expands what m4wrap saved and lets all diversions out.
  ///
  /// - Parameter frozenPath: where the state is to be saved; diversions stay in it then.
  /// - Returns: the exit status.
  package mutating func finish(freezingInto frozenPath: [UInt8]? = nil) throws(ProcessorExit) -> Int32 {
    do throws(Stop) {
      site.location = .none
      while !wrapped.isEmpty {
        let saved = wrapped
        wrapped = []
        // The last saved comes first: each is laid on top of the one before.
        for piece in saved {
          site = piece.site
          piece.text.withUnsafeBufferPointer { arena.append($0) }
          pushBuiltText()
        }
        try expandInput()
      }
      if let frozenPath {
        freezeState(to: frozenPath)
        try writeOutput()
        closeDebugFile()
        return lastStatus(status)
      }
      if meter.isOn {
        try look(aboutToTake: diversions.bytesHeld, aboutToWrite: diversions.bytesHeld - diversions.bytesSpilled)
      }
      diversions.divert(to: 0)
      let hadFailed = diversions.failure != nil
      diversions.undivertAll()
      // Written as it comes, it fails there and then.
      if isInteractive, !hadFailed, let failure = diversions.failure {
        say(.fatal, "ERROR: copying inserted file: \(failure)", at: .none)
      }
      try writeOutput()
      site.location = .none
      closeDebugFile()
      return lastStatus(status)
    } catch { throw ended(error) }
  }

  /// What went to diversion 0, where no descriptor was given.
  package mutating func takeOutput() -> [UInt8] { diversions.takeOutput() }

  mutating func ended(_ stop: Stop) -> ProcessorExit {
    giveBackStandardInput()
    guard case .exit(let code) = stop else { return ProcessorExit(status: 1) }
    // What was written before the end is not held back.
    do throws(Stop) { try writeOutput() } catch { return ProcessorExit(status: code == 0 ? 1 : code) }
    return ProcessorExit(status: lastStatus(code))
  }

  // MARK: Definitions from the command line

  /// As -D: defines a name as a text.
  package mutating func define(_ name: [UInt8], as text: [UInt8]) {
    name.withUnsafeBufferPointer { name in
      let symbol = symbols.intern(name)
      text.withUnsafeBufferPointer { symbols.define(symbol, text: $0, push: false) }
    }
  }

  /// The same with the warnings that definitions in files get.
  package mutating func defineWithWarnings(
    _ name: [UInt8], as text: [UInt8]
  ) throws(ProcessorExit) {
    site.location = .none
    do throws(Stop) {
      try name.withUnsafeBufferPointer { name throws(Stop) in
        try text.withUnsafeBufferPointer { text throws(Stop) in
          try warnOfSequences(in: text, for: name)
        }
      }
    } catch { throw ended(error) }
    define(name, as: text)
  }

  /// As -U: takes all meanings from a name.
  package mutating func undefine(_ name: [UInt8]) {
    name.withUnsafeBufferPointer { name in
      if let symbol = symbols.findDefined(name) { symbols.undefine(symbol) }
    }
  }

  /// The text of a macro, or nil where it is none or a builtin.
  package func definition(of name: [UInt8]) -> [UInt8]? {
    name.withUnsafeBufferPointer { name in
      guard let symbol = symbols.findDefined(name) else { return nil }
      let definition = symbols[definition: symbols[symbol].definition]
      return definition.builtin == nil ? Array(definition.bytes) : nil
    }
  }
}

/// Expansion came to an end before its input did; the status is the process's.
package struct ProcessorExit: Error {
  package let status: Int32
}
