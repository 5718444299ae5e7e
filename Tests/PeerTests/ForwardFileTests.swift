// ForwardFileTests.swift: whose .forward counts, by its owner, its permissions and those of the
// folders above it, under the words of DontBlameSendmail.
//
// In a file system of its own, seen by the two programs alone: what lies in a temporary folder
// is below one that everybody can write to.

import Foundation
import TestSupport
import Testing

@Suite(
  "Same .forward files as sendmail", .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: isRoot, "\(rootHint)"))
struct ForwardFileTests {
  private static let configuration = """
    V10
    Djtest.example
    Cwtest.example
    DnMAILER-DAEMON
    O QueueDirectory=/srv/queue
    O ServiceSwitchFile=/srv/switch
    O ForwardPath=/srv/f/$u
    O DontBlameSendmail=@WORD@
    O OperatorChars=.:%@!^/[]+
    Troot
    Mlocal, P=/bin/true, F=lsDFMAw5:/|@qP, S=0, R=0, A=true $u
    Mprog, P=/bin/sh, F=lsDFMoqeu9, S=0, R=0, A=sh -c $u
    M*file*, P=[FILE], F=lsDFMPEouq9, A=FILE $u
    M*include*, P=/dev/null, F=su, A=INCLUDE $u
    S3
    S4
    S0
    R$* @ test.example\t$1
    R$+\t$#local $: $1

    """

  /// Owner and mode of the file, mode of its folder, what the file is.
  private static let files =
    ["daemon 644", "daemon 664", "daemon 646", "daemon 600", "daemon 000", "root 644", "root 600", "bin 644"]
    .map { $0 + " 755 plain" } + ["700", "711", "770", "775", "777", "1777"].map { "daemon 644 \($0) plain" }
    + ["symbolic", "hard"].flatMap { kind in ["755", "775"].map { "daemon 644 \($0) \(kind)" } }
    + ["daemon 755 755 folder", "daemon 644 755 missing"]

  private static let words = [
    "Safe", "GroupWritableForwardFile", "WorldWritableForwardFile", "ForwardFileInUnsafeDirPath",
    "ForwardFileInGroupWritableDirPath", "GroupWritableDirPathSafe", "LinkedForwardFileInWritableDir",
  ]

  private static let script = """
    set -e
    hostname test.example
    mount -t tmpfs -o mode=755 none /srv
    cp "$1" /srv/base && cd /srv
    mkdir queue && chmod 700 queue
    printf 'hosts files\\naliases files\\npasswd files\\n' > switch
    real=$2 ours=$3
    shift 3
    for word; do sed "s/@WORD@/$word/" base > "$word.cf"; done
    while read -r owner mode folder kind; do
      rm -rf f && mkdir f
      case $kind in
      plain | symbolic | hard) echo root > f/text ;;
      folder) mkdir f/daemon ;;
      esac
      case $kind in
      plain) mv f/text f/daemon ;;
      symbolic) ln -s text f/daemon ;;
      hard) ln f/text f/daemon ;;
      esac
      [ "$kind" = missing ] || { chown "$owner" f/daemon && chmod "$mode" f/daemon; }
      chmod "$folder" f
      for word; do
        echo "$word: $owner $mode $folder $kind"
        for program in "$real" "$ours"; do "$program" -C "/srv/$word.cf" -bv daemon 2>&1 | tail -n 1; done
      done
    done
    """

  @Test("who can have written a .forward decides whether it counts")
  func trust() throws {
    let folder = try TemporaryFolder()
    let base = try folder.write("base.cf", Self.configuration)
    let result = try run(
      "/usr/bin/unshare",
      ["-mu", "/bin/sh", "-c", Self.script, "sh", base, Peer.sendmail.path, Checkout.command("sendmail")] + Self.words,
      input: Array((Self.files.joined(separator: "\n") + "\n").utf8), environment: Peer.environment,
      seconds: 300)
    let lines = result.text.split(separator: "\n").map(String.init)
    try #require(result.status == 0 && lines.count == 3 * Self.files.count * Self.words.count, "\(result)")
    var counted = 0
    for index in stride(from: 0, to: lines.count, by: 3) {
      #expect(lines[index + 2] == lines[index + 1], "\(lines[index])")
      if lines[index + 1].hasPrefix("root... deliverable") { counted += 1 }
    }
    #expect((30..<120).contains(counted), "\(counted) of \(lines.count / 3) count, which proves little")
  }
}
