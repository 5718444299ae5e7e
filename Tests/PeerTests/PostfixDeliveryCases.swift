// PostfixDeliveryCases.swift: configurations whose delivery agents are the real ones.
//
// smtp talks to a server that takes notes; local expands aliases and .forward
// files and hands everything to recorders.

import MailAddress
import Routing
import TestSupport

extension PostfixCase {
  private typealias E = PostfixEnvelopes

  /// generic: addresses as other hosts see them.
  static let generic = PostfixCase(
    name: "generic tables of the smtp client",
    main: """
      mydomain = test.example
      recipient_delimiter = +
      relayhost = [127.0.0.1]:@SINK@
      smtp_generic_maps = hash:$config_directory/generic, regexp:$config_directory/generic.re
      propagate_unmatched_extensions = canonical, virtual, generic
      local_recipient_maps =
      local_header_rewrite_clients = permit_mynetworks

      """,
    files: [
      "generic": """
      boss@mail.test.example   the.boss@example.com
      boss@test.example        boss@example.com
      root                     admin@example.com
      user+x@test.example      userx@example.com
      @hidden.example          public@example.com
      @moved.example           @target.example
      one@test.example         two@test.example
      two@test.example         three@example.com
      local                    bare

      """,
      "generic.re": "/^nr([0-9]+)@(.*)$/ number-$1@example.com\n",
    ],
    databases: ["hash:generic"], real: ["smtp"], hasSink: true,
    comparesHeaders: true,
    envelopes: {
      let addresses = [
        "boss@mail.test.example", "boss+d@mail.test.example", "BOSS@test.example", "root", "root+x",
        "root@mail.test.example", "root@far.example", "user@test.example", "user+x@test.example",
        "user+y@test.example", "any@hidden.example", "any+x@hidden.example", "a@sub.hidden.example",
        "who+x@moved.example", "one@test.example", "two@test.example", "local", "local@test.example",
        "nr12@far.example", "nr12+x@far.example", "\"a b\"@moved.example", "x@far.example",
        "\"q.@\"@far.example", "",
      ]
      let recipients = ["x@far.example", "any@hidden.example", "who+x@moved.example", "nr7@far.example"]
      var result: [Envelope] = []
      for address in addresses {
        for recipient in recipients { result.append(E.envelope(address, [recipient])) }
        guard address.contains("@"), !address.contains("test.example") else { continue }
        for sender in ["s@far.example", "boss@test.example", ""] { result.append(E.envelope(sender, [address])) }
      }
      for domain in ["hidden.example", "moved.example", "far.example"] {
        for user in ["boss", "nr33", "u"] {
          for form in E.forms(user, domain) { result.append(E.envelope("local+x@test.example", [form])) }
        }
      }
      return result
    }())

  /// Header addresses, with classes that keep them apart from the envelope's.
  static let headers = PostfixCase(
    name: "header addresses",
    main: """
      mydomain = test.example
      myorigin = $mydomain
      append_dot_mydomain = yes
      recipient_delimiter = +
      local_recipient_maps =
      local_header_rewrite_clients = cidr:{ {127.0.0.0/8 OK} }
      canonical_maps = texthash:$config_directory/canonical
      canonical_classes = header_sender, header_recipient, envelope_sender
      sender_canonical_maps = texthash:$config_directory/sender
      sender_canonical_classes = header_sender
      recipient_canonical_maps = texthash:$config_directory/recipient
      masquerade_domains = test.example
      masquerade_exceptions = root

      """,
    files: [
      "canonical": "boss The.Boss@example.com\n@old.example @new.example\n",
      "sender": "sales@test.example public@example.com\n",
      "recipient": "typo@test.example right@test.example\n",
    ],
    comparesHeaders: true,
    envelopes: {
      let users = ["boss", "boss+x", "sales", "typo", "root", "u", "\"a b\"", "MixedCase"]
      let domains = [
        "", "@test.example", "@host.test.example", "@old.example", "@host", "@far.example", "@mail.test.example",
      ]
      let addresses = users.flatMap { user in domains.map { user + $0 } }
      return addresses.flatMap { address in
        [
          E.envelope(address, ["x@far.example"]), E.envelope("s@far.example", [address]),
          E.envelope(address, ["boss@test.example"], E.outside),
          E.envelope(address, [address]),
        ]
      }
    }())

  private static let note = "/bin/sh @FOLDER@/recorder"

  /// local(8) over aliases, includes and .forward files; mailboxes are a recorder.
  static let aliases = PostfixCase(
    name: "aliases and .forward files",
    main: """
      recipient_delimiter = +
      alias_maps = hash:$config_directory/aliases, texthash:$config_directory/more
      local_recipient_maps =
      mailbox_transport_maps = inline:{ special=slow:special, other=slow }
      mailbox_transport = lmtp:[mailboxes.example]
      virtual_alias_maps = inline:{ viavirtual@test.example=virt@far.example }
      sender_canonical_maps = inline:{ keeper@test.example=kept@canonical.example }
      recipient_canonical_maps = inline:{ a@far.example=another@far.example }
      propagate_unmatched_extensions = canonical, virtual, alias, forward
      forward_path = @FOLDER@/etc/forward/${user}${recipient_delimiter}${extension}, @FOLDER@/etc/forward/${user}
      allow_mail_to_files = alias, forward
      virtual_alias_domains =
      local_destination_concurrency_limit = 1

      """,
    files: [
      "aliases": """
      simple:     one
      remote:     a@far.example
      several:    one, two, a@far.example, remote
      nested:     several, three
      itself:     itself, a@far.example
      loop1:      loop2
      loop2:      loop1
      owned:      one, a@far.example
      owner-owned: keeper
      owned2:     a@far.example, several
      owner-owned2: x@keepers.example, y@keepers.example
      command:    "|\(note) program p1 - x"
      twice:      "|\(note) program p1 - x", "|\(note) program p1 - x", command
      filed:      @FOLDER@/notes/file
      listed:     :include:@FOLDER@/etc/list
      olisted:    :include:@FOLDER@/etc/list
      owner-olisted: keeper
      missing:    :include:@FOLDER@/etc/nosuch
      emptylist:  :include:@FOLDER@/etc/empty
      escaped:    \\one, \\games
      boxed:      special, other+ext
      user+ext:   exact@far.example
      user:       plain@far.example
      toboss:     boss+more
      todomain:   x@test.example, y@localhost, z@mail.test.example
      virtual:    viavirtual, viavirtual@test.example
      mixed:      "quoted name"@far.example, (comment) c@far.example, Name <n@far.example>
      blanks:     one two@far.example  a@far.example
      phrase:     Some One two@far.example
      colons:     name:two@far.example
      commented:  (x) a@far.example (y), <b@far.example> c@far.example
      tofwd:      games
      BIG:        small@far.example
      postmaster: root
      root:       admin@far.example
      news+list:  nl@far.example

      """,
      "more": "extra second@far.example\nsimple never\n",
      "list": "# comment\nl1@far.example, l2@far.example\n\nl3\nseveral\n",
      "empty": "# nobody\n",
      "forward/games": "g@far.example\ngames\n",
      "forward/news": "\\news, n@far.example\n",
      "forward/man": "lp, games, \"|\(note) program man - x\"\n",
      "forward/lp": "# comment only\n",
      "forward/mail+ext": "mx@far.example\n",
      "forward/mail": "@FOLDER@/notes/file\nm@far.example\n",
      "forward/uucp": "irc\n",
      "forward/irc": "uucp\n",
      "forward/backup": "b@far.example\n",
      "forward/proxy": "p@far.example\n",
      "forward/www-data": "g@far.example\n",
    ],
    modes: ["forward/backup": 0o646, "forward/proxy": 0o664, "forward/www-data": 0o666],
    aliasDatabases: ["hash:aliases"], transports: ["slow"], real: ["local"],
    envelopes: {
      let names = [
        "simple", "remote", "several", "nested", "itself", "loop1", "owned", "owned2", "command",
        "twice", "filed", "listed", "olisted", "missing", "emptylist", "escaped", "boxed", "user+ext",
        "user+other", "user", "toboss", "todomain", "virtual", "mixed", "blanks", "phrase", "colons", "commented",
        "tofwd", "big", "BIG", "BiG+x",
        "postmaster", "root", "extra", "special", "other", "unlisted", "owner-owned", "keeper",
        "games", "news", "man", "lp", "backup", "proxy", "www-data", "mail", "mail+ext", "mail+none", "uucp", "games+x",
        "news+list",
        "viavirtual", "simple+d", "remote+d", "several+d", "man+d",
      ]
      var result: [Envelope] = []
      for name in names {
        result.append(E.envelope("s@far.example", ["\(name)@test.example"]))
        result.append(E.envelope("", ["\(name)@mail.test.example"]))
        result.append(E.envelope("s@test.example", [name]))
        result.append(E.envelope("s@far.example", [name.uppercased() + "@localhost", "one@test.example"]))
      }
      return result
    }())

  /// Users that local(8) does not know, and where their mail goes.
  static let unknownUsers = PostfixCase(
    name: "unknown users",
    main: """
      recipient_delimiter = +
      alias_maps = texthash:$config_directory/aliases
      local_recipient_maps =
      mail_spool_directory = @FOLDER@/notes/
      mailbox_command_maps = inline:{ { lp = \(note) program lp - x } }
      fallback_transport_maps = inline:{ special=slow:special, other=slow }
      luser_relay = $user.unknown+$extension@far.example
      forward_path =

      """,
    files: ["aliases": "simple nobody-here\nremote a@far.example\nboth lp, nowhere+x\n"],
    transports: ["slow"], real: ["local"],
    envelopes: {
      let names = [
        "simple", "remote", "both", "special", "special+x", "other", "nowhere", "nowhere+x", "lp", "Lp+y", "games",
        "UPPER", "a.b", "a+b+c", "mailer-daemon", "postmaster", "double-bounce",
      ]
      return names.flatMap { name in
        ["test.example", "localhost", "mail.test.example"].flatMap { domain in
          ["s@far.example", "", "t@test.example", "u"].map { E.envelope($0, ["\(name)@\(domain)"]) }
        }
      }
    }())
}
