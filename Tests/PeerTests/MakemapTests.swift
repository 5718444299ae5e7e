// MakemapTests.swift: the same text and options to sendmail's makemap and to ours.

import Foundation
import Tables
import TestSupport
import Testing

/// Both programs in a folder of their own each, called alike.
struct MakemapPair {
  let theirs: TemporaryFolder
  let ours: TemporaryFolder

  init(configuration: String = "V10/Berkeley\nO TrustedUser=root\n") throws {
    theirs = try TemporaryFolder()
    ours = try TemporaryFolder()
    for folder in [theirs, ours] {
      try folder.write("mini.cf", configuration)
      // Not group-writable whatever the umask: the programs warn of that.
      chmod(folder.path, 0o755)
    }
    // getopt's messages bear the path the program was called by.
    try FileManager.default.createSymbolicLink(
      atPath: theirs.path + "/makemap", withDestinationPath: Peer.makemap.path)
    try FileManager.default.createSymbolicLink(
      atPath: ours.path + "/makemap", withDestinationPath: Checkout.command("makemap"))
  }

  private func run(
    _ folder: TemporaryFolder, _ arguments: [String], _ input: [UInt8]
  ) throws -> RunResult {
    try TestSupport.run(
      "/bin/sh", ["-c", "exec ./makemap \"$@\"", "makemap"] + arguments, input: input,
      in: folder.path, environment: Peer.environment)
  }

  /// What each said.
  func run(_ arguments: [String], _ input: [UInt8] = []) throws -> (
    theirs: RunResult, ours: RunResult
  ) {
    (try run(theirs, arguments, input), try run(ours, arguments, input))
  }

  /// Expects the same output, messages and status, and the same map afterwards
  /// under the name that the call ends with.
  func expectSame(
    _ arguments: [String], _ input: [UInt8] = [], _ location: SourceLocation = #_sourceLocation
  ) throws {
    let results = try run(["-C", "mini.cf"] + arguments, input)
    #expect(results.ours == results.theirs, "\(arguments)", sourceLocation: location)
    if let name = arguments.last, !arguments.contains("-u") {
      let maps = try (state(of: name, in: ours), state(of: name, in: theirs))
      #expect(maps.0 == maps.1, "\(arguments)", sourceLocation: location)
    }
  }

  /// The files there are, and permissions and contents of the map: as sendmail's makemap
  /// prints it, which leaves out a NUL at the end, and byte for byte. The order of a hash
  /// file is the file's own.
  private func state(of map: String, in folder: TemporaryFolder) throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let path = folder.path + "/" + (map.hasSuffix(".db") ? map : map + ".db")
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return names }
    let dump = try Peer.makemap.run(
      ["-C", "mini.cf", "-s", "-u", "implicit", map], in: folder.path)
    let lines = dump.output.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
    // What is no database is to stay as it was.
    let entries = (try? BerkeleyDBFile(path: path).entries())?.map { "\($0.key) \($0.value)" }
    let contents = try entries ?? ["\([UInt8](Data(contentsOf: URL(fileURLWithPath: path))))"]
    return names + ["\(status.st_mode)", dump.messageText] + lines.sorted() + contents.sorted()
  }
}

@Suite("makemap as sendmail's", .enabled(if: Peer.makemap.isWanted, "\(Peer.makemap.hint)"))
struct MakemapTests {
  static let inputs: [String] = [
    "a b\n", "a\n", " a b\n", "\ta b\n", "a\tb c d  \n", "a b", "\n\na b\n", "#a b\n # x\n",
    " \n", "A B\nQ\n", "a b\na c\nb\na d\n b\na e\n", "a \nb\n", "", "\0", "\0\n\0\0\n\nq\n",
    "a b\nc d\0", "a b\nc d\0\n", "A\rB\n\r\nC\n", "a\0b c", "a:b:c\n:d\n::e\nf: g\nq\nw:\n:\n",
    String(repeating: "a", count: 1022) + "\n", String(repeating: "a", count: 1023),
    "k " + String(repeating: "v", count: 1020) + "\nq r\n",
    "k " + String(repeating: "v", count: 1021) + "\nq r\n",
    "k " + String(repeating: "v", count: 1021),
    "k " + String(repeating: "v", count: 3500) + " w\nq r\nz\n",
    String(repeating: "k", count: 500) + " v\n" + String(repeating: "k", count: 501) + " w\n",
    (0..<900).map { "key\($0 % 700) v\($0)\n" }.joined(),
    (0..<500).map {
      String(repeating: "x", count: $0 % 90) + "\($0) y" + String(repeating: "y", count: $0 % 800)
        + "\n"
    }.joined(),
  ]

  static let options: [[String]] = [
    [], ["-f"], ["-e"], ["-N"], ["-t:"], ["-r"], ["-v"], ["-d"], ["-D", "a"],
    ["-N", "-f", "-v"], ["-t", ":", "-e"], ["-e", "-v", "-d", "-r"], ["-t", ""],
  ]

  @Test("texts of every kind under every option", arguments: inputs)
  func texts(_ input: String) throws {
    let pair = try MakemapPair()
    for (index, options) in Self.options.enumerated() {
      let type = (index + input.utf8.count) % 2 == 0 ? "hash" : "btree"
      try pair.expectSame(options + [type, "map\(index)"], Array(input.utf8))
    }
  }

  @Test("bytes that are no text")
  func bytes() throws {
    let pair = try MakemapPair()
    let input: [UInt8] = [
      0x61, 1, 0xFF, 0x20, 0xE9, 10, 0xC4, 0xD6, 0x20, 0x75, 10, 0x85, 0x20, 0x61, 10, 0xA0, 10,
    ]
    try pair.expectSame(["hash", "x"], input)
    try pair.expectSame(["-v", "-f", "btree", "y"], input)
  }

  @Test(
    "calls that end at once",
    arguments: [
      "", "hash", "hash a b", "-q hash x", "-D", "-l", "-L", "-x", "-l -q", "-lx", "Hash x",
      "text x", "dbm x", "cdb x", "foo x", "cf none", "CF none", "-i btree cf none",
      "-i foo -v cf none", "-v -i hash CF none", "-o hash none", "-u hash none", "hash no/folder",
      "hash /no/such/folder/x", "-C none hash x", "-C none -l", "-C none", "--", "-- hash -x",
      "hash x -u", "-c abc hash x", "implicit x",
    ])
  func calls(_ line: String) throws {
    let arguments = line.split(separator: " ").map(String.init)
    try MakemapPair().expectSame(arguments, Array("a b\n".utf8))
  }

  @Test("adding, replacing and printing what is there", arguments: ["hash", "btree"])
  func sequences(_ type: String) throws {
    let pair = try MakemapPair()
    let other = type == "hash" ? "btree" : "hash"
    for (options, input) in [
      ("x", "a 1\nb 2\n"), ("-o x", "c 3\n"), ("-o x", "a 9\nd 4\n"), ("-o -r x", "a 8\n"),
      ("-o -d x", "a 7\n"), ("-d y", "a 1\na 2\n"), ("-o y", "a 3\nb 1\n"), ("-o -d y", "a 3\n"),
      ("-N z", "a 1\n"), ("-o -N z", "b 1\na 2\n"),
    ] {
      let words = options.split(separator: " ").map(String.init)
      try pair.expectSame(words.dropLast() + [type, words[words.count - 1]], Array(input.utf8))
    }
    for options in ["-u", "-u -t:", "-u -d", "-u -N", "-u -o -r -f -v"] {
      for name in ["x", "y", "z"] {
        let words = options.split(separator: " ").map(String.init)
        // Few entries of one bucket each: both files have the same order only in a btree.
        if type == "btree" { try pair.expectSame(words + [type, name]) }
        try pair.expectSame(words + [other, name])
      }
    }
    // Printed from the same file, also the order is the same.
    let dumps = try pair.run(["-C", "mini.cf", "-u", type, pair.theirs.path + "/x"])
    #expect(dumps.ours == dumps.theirs)
  }

  @Test(
    "the dump of a large map of theirs has the order of their cursor", arguments: ["hash", "btree"])
  func dump(_ type: String) throws {
    let pair = try MakemapPair()
    let input = (0..<20_000).map { "user\($0)@domain\($0 % 97).example user\($0)\n" }.joined()
    _ = try pair.run(["-C", "mini.cf", type, "big"], Array(input.utf8))
    for folder in [pair.theirs, pair.ours] {
      let dumps = try pair.run(["-C", "mini.cf", "-u", type, folder.path + "/big"])
      #expect(dumps.theirs.output == dumps.ours.output)
      #expect(dumps.ours.output.split(separator: 10).count == 20_000)
    }
  }

  @Test(
    "Postfix reads our maps as theirs, and we read Postfix's",
    .enabled(if: Peer.postmap.isWanted, Comment(rawValue: Peer.postmap.hint)), arguments: ["hash", "btree"])
  func postmap(_ type: String) throws {
    let pair = try MakemapPair()
    let input = (1...3000).map { "Key\($0)& value number \($0)\n" }.joined()
    try pair.ours.write("postfix/main.cf", "compatibility_level = 3.6\nmail_owner = daemon\nsetgid_group = mail\n")
    func postmap(_ arguments: [String]) throws -> RunResult {
      try Peer.postmap.run(["-c", pair.ours.path + "/postfix"] + arguments)
    }
    for option in [[], ["-N"]] {
      _ = try pair.run(["-C", "mini.cf"] + option + [type, "x"], Array(input.utf8))
      for key in ["key1&", "KEY3000&", "none"] {
        let ours = try postmap(["-q", key, "\(type):\(pair.ours.path)/x"])
        #expect(try ours == postmap(["-q", key, "\(type):\(pair.theirs.path)/x"]))
        #expect(ours.status == (key == "none" ? 1 : 0), "\(ours)")
      }
    }
    try pair.ours.write("made", input)
    let made = try postmap(["\(type):\(pair.ours.path)/made"])
    #expect(made.status == 0, "\(made)")
    let dumps = try pair.run(["-C", "mini.cf", "-u", type, pair.ours.path + "/made"])
    #expect(dumps.ours.output == dumps.theirs.output)
    #expect(dumps.ours.output.split(separator: 10).count == 3000)
  }

  @Test("links, permissions and special files stand in the way")
  func safety() throws {
    let pair = try MakemapPair()
    for folder in [pair.theirs, pair.ours] {
      symlink("x.db", folder.path + "/link.db")
      symlink("nowhere", folder.path + "/dangling.db")
      mkdir(folder.path + "/folder.db", 0o755)
      mkfifo(folder.path + "/fifo.db", 0o644)
      mkdir(folder.path + "/sub", 0o755)
      symlink("sub", folder.path + "/way")
    }
    try pair.expectSame(["hash", "x"], Array("a b\n".utf8))
    for name in ["link", "dangling", "folder", "fifo", "way/x", "sub/x", "./sub//x"] {
      for options in [[], ["-u"]] {
        try pair.expectSame(options + ["hash", name], Array("c d\n".utf8))
      }
    }
    for folder in [pair.theirs, pair.ours] {
      link(folder.path + "/x.db", folder.path + "/hard.db")
      chmod(folder.path + "/sub/x.db", 0o444)
    }
    for name in ["hard", "x", "sub/x"] {
      try pair.expectSame(["hash", name], Array("c d\n".utf8))
      try pair.expectSame(["-s", "-o", "hash", "dangling"], Array("c d\n".utf8))
    }
    for mode in [0o000, 0o200, 0o400, 0o600, 0o604, 0o666] as [mode_t] {
      for folder in [pair.theirs, pair.ours] { chmod(folder.path + "/sub/x.db", mode) }
      try pair.expectSame(["-u", "hash", "sub/x"])
      try pair.expectSame(["hash", "sub/x"], Array("c d\n".utf8))
    }
  }

  @Test("junk in the place of a map")
  func junk() throws {
    let pair = try MakemapPair()
    for options in [["-u"], ["-o"], []] {
      for folder in [pair.theirs, pair.ours] { try folder.write("junk.db", "junk, and no map\n") }
      try pair.expectSame(options + ["hash", "junk"], Array("a b\n".utf8))
    }
  }

  @Test("the type of a map from the .cf")
  func configured() throws {
    let pair = try MakemapPair(
      configuration: """
        Kaccess hash -T<TMPF> -o x
        Kfoo btree y.db
        Kbar dbm -o z
        Kone hash x2 extra
        Ktwo implicit x4
        Kthree text x5
        Kfour hash $o x6
        K five btree x8
        Ksix\thash\t-f\t-k foo\tx9

        """)
    for name in ["x", "y", "y.db", "z", "x2", "extra", "x4", "x5", "x6", "x8", "x9", "foo"] {
      for type in ["cf", "CF", ""] { try pair.expectSame([type, name], Array("a b\n".utf8)) }
    }
  }
}

@Suite(
  "makemap as root, as sendmail's",
  .enabled(if: Peer.makemap.isWanted && isRoot, "\(rootHint)"))
struct MakemapAsRootTests {
  private func owner(_ path: String) -> [UInt32] {
    var status = stat()
    guard stat(path, &status) == 0 else { return [] }
    return [status.st_uid, status.st_gid, status.st_mode & 0o777]
  }

  @Test(
    "the trusted user owns the map",
    arguments: [
      "O TrustedUser=1", "O TrustedUser=daemon", "O trusteduser\t= 3abc",
      "O TrustedUser=nosuchuser",
      "O TrustedUser=1\nO TrustedUser=nosuchuser", "O  TrustedUser=1", "O TrustedUser",
      "OTrustedUser=1",
      "O TrustedUser==1", "O TrustedUser=daemon ", "O TrustedUser=0", "O TrustedUser=",
    ])
  func trustedUser(_ line: String) throws {
    let pair = try MakemapPair(configuration: line + "\n")
    try pair.expectSame(["hash", "x"], Array("a b\n".utf8))
    #expect(owner(pair.ours.path + "/x.db") == owner(pair.theirs.path + "/x.db"))
    // A map of somebody's is taken over, or refused.
    for folder in [pair.theirs, pair.ours] { chown(folder.path + "/x.db", 2, 2) }
    try pair.expectSame(["hash", "x"], Array("c d\n".utf8))
    for folder in [pair.theirs, pair.ours] { chmod(folder.path + "/x.db", 0o666) }
    try pair.expectSame(["hash", "x"], Array("c d\n".utf8))
    #expect(owner(pair.ours.path + "/x.db") == owner(pair.theirs.path + "/x.db"))
  }

  @Test(
    "folders that others may write to are named",
    arguments: [0o777, 0o775, 0o1777, 0o770] as [mode_t])
  func folders(_ mode: mode_t) throws {
    let pair = try MakemapPair()
    for folder in [pair.theirs, pair.ours] {
      mkdir(folder.path + "/sub", 0o755)
      mkdir(folder.path + "/sub/more", 0o755)
      symlink("sub/more", folder.path + "/way")
      symlink("nowhere", folder.path + "/sub/dangling.db")
      chmod(folder.path + "/sub", mode)
    }
    for name in [
      "sub/x", "sub/more/x", "sub//more/./x", "sub/../sub/x", "sub/no/x", "way/x", "sub/dangling",
    ] {
      try pair.expectSame(["hash", name], Array("a b\n".utf8))
      try pair.expectSame(["-u", "hash", name])
    }
    for folder in [pair.theirs, pair.ours] { chmod(folder.path, mode) }
    try pair.expectSame(["hash", "y"], Array("a b\n".utf8))
    try pair.expectSame(["hash", "sub/y"], Array("a b\n".utf8))
  }

  @Test("a full disk leaves the old map and nothing beside it")
  func fullDisk() throws {
    let folder = try TemporaryFolder()
    let script = """
      mount -t tmpfs -o size=300k,mode=755 none "$1" || exit 99
      printf 'O TrustedUser=root\\n' > "$1/mini.cf"
      printf 'old map\\n' | "$0" -C "$1/mini.cf" hash "$1/x" || exit 98
      awk 'BEGIN { for (i = 0; i < 30000; i++) print "key" i, "value" i }' |
        "$0" -C "$1/mini.cf" $2 "$1/x" 2> "$1/mini.cf"
      echo "status $?"
      cat "$1/mini.cf"
      printf 'O TrustedUser=root\\n' > "$1/mini.cf"
      "$0" -C "$1/mini.cf" -u hash "$1/x"
      ls "$1"
      """
    for type in ["hash", "btree"] {
      let result = try run(
        "/usr/bin/unshare",
        ["-m", "/bin/sh", "-c", script, Checkout.command("makemap"), folder.path, type])
      let lines = result.text.split(separator: "\n").map(String.init)
        .filter { !$0.hasPrefix("WARNING") }
      #expect(lines.first == "status 74", "\(result)")
      #expect(lines.dropFirst().first?.hasSuffix("No space left on device") == true, "\(result)")
      #expect(lines.suffix(3) == ["old\tmap", "mini.cf", "x.db"], "\(result)")
    }
  }
}
