// Results as people, TAP, JUnit, JSON and a CI system's log read them.

import Diagnostics
import Foundation
import MailAddress
import RouteChecks
import Routing
import TestSupport
import Testing

@Suite("Results in every form")
struct RendererTests {
  static let text = """
    tests:
      - name: "the boss & <co> #1"
        to: boss
        expect: { mailbox: boss }
      - to: boss
        client: { address: 192.0.2.1, name: mx.example, authenticated: al }
        expect: { mailer: "es\\"mtp\\u0001" }
      - to: refused
        expect: accept
    """

  static func groups() throws -> [CheckGroup] {
    let suite = try #require(read(text).suite)
    return [CheckGroup(suite, suite.cases, under: "site.mc", of: .sendmail, asking: JudgementTests.answers)]
  }

  private let lines = Self.text.split(separator: "\n").map { Array($0.utf8) }

  private var renderer: TerminalRenderer {
    TerminalRenderer { [lines] in lines.indices.contains($0.line - 1) ? lines[$0.line - 1] : nil }
  }

  private static let expectedText = """
    routes.yaml under site.mc: 1 of 3 tests hold
    routes.yaml:7:23: error: boss: mailer is "local", not "es"mtp\u{1}" as expected [WB9601]
        7 |     expect: { mailer: "es\\"mtp\\u0001" }
          |                       ^~~~~~~~~~~~~~~
      from <sender@example.net> to <boss>, client mx.example [192.0.2.1], logged in as al
      accepted
      -> mailbox of boss   mailer local, host , user boss
         from <s@x.example> to <boss>, From: s@x.example, To: boss
        sendmail.cf:7: canonify
        (1 more step; --all-steps shows it)
    routes.yaml:9:13: error: refused: result is "reject 554 5.7.1 Relay access denied", not "accept" as expected [WB9601]
        9 |     expect: accept
          |             ^~~~~~
      from <sender@example.net> to <refused>, client [198.51.100.25]
      refused: 554 5.7.1 Relay access denied
        sendmail.cf:7: canonify
        (1 more step; --all-steps shows it)
    3 tests, 2 failed

    """

  @Test("at a terminal: what failed, where, and how the answer came about")
  func terminal() throws {
    #expect(TerminalResults(renderer).render(try Self.groups()) == Self.expectedText)
  }

  @Test("at a terminal, with everything")
  func verbose() throws {
    let text = TerminalResults(renderer, listsAll: true, showsAllSteps: true).render(try Self.groups())
    #expect(text.contains("tests hold\n  ok the boss & <co> #1\nroutes.yaml:7"))
    #expect(text.contains("    sendmail.cf:7: canonify\n      sendmail.cf:8: a detail\n"))
    let held = try Self.groups().map { CheckGroup($0.suite, under: $0.configuration, Array($0.results.prefix(1))) }
    #expect(
      TerminalResults(renderer).render(held) == "routes.yaml under site.mc: the test holds\n1 test, none failed\n")
  }

  static let expectedTAP = ##"""
    TAP version 13
    1..3
    ok 1 - routes.yaml, site.mc: the boss & <co> \#1
    not ok 2 - routes.yaml, site.mc: boss
      ---
      envelope: "from <sender@example.net> to <boss>, client mx.example [192.0.2.1], logged in as al"
      faults:
        - key: "mailer"
          found: "local"
          wanted: "es\"mtp\u0001"
          at: "routes.yaml:7:23"
      answer: |
        accepted
        -> mailbox of boss   mailer local, host , user boss
           from <s@x.example> to <boss>, From: s@x.example, To: boss
        sendmail.cf:7: canonify
        (1 more step; --all-steps shows it)
      ...
    not ok 3 - routes.yaml, site.mc: refused
      ---
      envelope: "from <sender@example.net> to <refused>, client [198.51.100.25]"
      faults:
        - key: "result"
          found: "reject 554 5.7.1 Relay access denied"
          wanted: "accept"
          at: "routes.yaml:9:13"
      answer: |
        refused: 554 5.7.1 Relay access denied
        sendmail.cf:7: canonify
        (1 more step; --all-steps shows it)
      ...

    """##

  @Test("TAP")
  func tap() throws { #expect(TAPResults().render(try Self.groups()) == Self.expectedTAP) }

  @Test(
    "prove(1) reads the TAP", .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/prove"), "no prove"))
  func prove() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("routes.t", TAPResults().render(try Self.groups()))
    let result = try run("/usr/bin/prove", ["-e", "cat", "-v", file])
    #expect(result.status == 1)
    #expect(result.text.contains("Failed 2/3 subtests"), "\(result)")
    #expect(!result.text.contains("Parse errors") && !result.messageText.contains("Parse errors"), "\(result)")
  }

  @Test("JUnit")
  func junit() throws {
    let text = JUnitResults().render(try Self.groups())
    #expect(
      text.hasPrefix(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites tests="3" failures="2">
          <testsuite name="routes.yaml under site.mc" tests="3" failures="2">
            <testcase name="the boss &amp; &lt;co&gt; #1" classname="site.mc" file="routes.yaml" line="2"/>
            <testcase name="boss" classname="site.mc" file="routes.yaml" line="5">
              <failure message="boss: mailer is &quot;local&quot;, not &quot;es&quot;mtp\u{FFFD}&quot; as expected" \
        type="WB9601">routes.yaml:7:23: error: boss: mailer is &quot;local&quot;, not &quot;es&quot;mtp\u{FFFD}&quot; \
        as expected [WB9601]
        from &lt;sender@example.net&gt; to &lt;boss&gt;, client mx.example [192.0.2.1], logged in as al
        accepted
        -&gt; mailbox of boss   mailer local, host , user boss
           from &lt;s@x.example&gt; to &lt;boss&gt;, From: s@x.example, To: boss
        sendmail.cf:7: canonify
        (1 more step; --all-steps shows it)</failure>
            </testcase>

        """), "\(text)")
    #expect(text.hasSuffix("    </testcase>\n  </testsuite>\n</testsuites>\n"))
  }

  @Test("JSON, one object a line")
  func json() throws {
    let lines = JSONResults().render(try Self.groups()).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(
      lines[0].hasPrefix(
        #"{"test":"the boss & <co> #1","passed":true,"configuration":"site.mc","file":"routes.yaml","line":2,"column":5,"#
          + #""sender":"sender@example.net","recipient":"boss","client":"198.51.100.25","failures":[],"answer":{"#))
    #expect(
      lines[1].contains(
        #""failures":[{"key":"mailer","expected":"es\"mtp\u0001","actual":"local","file":"routes.yaml","line":7,"column":23}]"#
      ))
    #expect(lines[1].contains(#""steps":[{"text":"canonify""#) && lines[0].contains(#""steps":[]"#))
    for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
  }

  @Test("a file of two configurations counts both")
  func several() throws {
    let groups = try Self.groups() + Self.groups()
    #expect(groups.tests == 6 && groups.failures == 4)
    #expect(TAPResults().render(groups).hasPrefix("TAP version 13\n1..6\n"))
    #expect(JUnitResults().render(groups).contains("<testsuites tests=\"6\" failures=\"4\">"))
  }
}
