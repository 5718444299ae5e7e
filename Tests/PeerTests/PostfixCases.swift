// PostfixCases.swift: the configurations of the comparison with Postfix.

import Routing

extension PostfixCase {
  private typealias E = PostfixEnvelopes

  /// Nothing but the address classes.
  static let plain = PostfixCase(
    name: "address classes and forms",
    main: """
      relay_domains = relay.example, .sub.example
      virtual_alias_domains = alias.example
      virtual_mailbox_domains = box.example
      virtual_mailbox_maps = texthash:$config_directory/boxes
      virtual_transport = virtual
      local_recipient_maps = texthash:$config_directory/users
      relay_recipient_maps =
      recipient_delimiter = +

      """,
    files: [
      "users": "boss x\nuser x\ntwo.words x\nlist x\nowner-list x\n",
      "boxes": "one@box.example one/\ntwo@box.example two/\n@wild.box.example x\n",
    ],
    envelopes: {
      let domains = [
        "test.example", "mail.test.example", "relay.example", "alias.example", "box.example",
        "far.example", "host.sub.example", "localhost",
      ]
      let users = ["boss", "one", "nobody-here"]
      var result: [Envelope] = []
      for domain in domains {
        for user in users {
          for form in E.forms(user, domain) { result.append(E.envelope("sender@far.example", [form])) }
        }
      }
      for form in E.odd {
        result.append(E.envelope("sender@far.example", [form]))
        result.append(E.envelope("sender@far.example", [form], E.outside))
        result.append(E.envelope(form, ["boss@test.example"]))
      }
      for domain in domains {
        result.append(E.envelope("a@b.example", ["boss@\(domain)"], E.outside))
        result.append(E.envelope("", ["boss@\(domain)", "two@\(domain)", "boss@test.example"], E.outside))
      }
      return result
    }())

  /// All the tables that rewrite and route.
  static let tables = PostfixCase(
    name: "virtual, canonical, transport, relocated, generic tables",
    main: """
      recipient_delimiter = +-
      relay_domains = relay.example
      virtual_alias_domains = alias.example, sales.example
      virtual_alias_maps = hash:$config_directory/virtual, regexp:$config_directory/virtual.re
      canonical_maps = hash:$config_directory/canonical
      sender_canonical_maps = btree:$config_directory/sender
      recipient_canonical_maps = texthash:$config_directory/recipient
      masquerade_domains = !keep.test.example test.example other.example
      masquerade_exceptions = root
      transport_maps = hash:$config_directory/transport
      relocated_maps = inline:{ gone@test.example=new@far.example, { moved@relay.example = the moon } }
      relayhost = [hub.example]:2525
      sender_dependent_relayhost_maps = inline:{ vip@test.example=[vip.example], @away.example=dunno }
      sender_dependent_default_transport_maps = inline:{ slow@test.example=slow:, fast@test.example=slow:fast.example }
      local_recipient_maps =
      always_bcc = archive@store.example

      """,
    files: [
      "virtual": """
        info@alias.example      boss
        team@alias.example      one@far.example, two@alias.example, boss
        two@alias.example       two@box.example
        self@alias.example      self@alias.example, copy@far.example
        ping@alias.example      pong@alias.example
        pong@alias.example      pong@far.example
        plus+list@alias.example direct@far.example
        plus@alias.example      user@far.example
        @sales.example          @shop.example
        boss                    the.boss
        root@test.example       admin@far.example
        bare                    bare1, bare2@far.example
        @catch.example          all@test.example
        "a b"@alias.example     spaces@far.example

        """,
      "virtual.re": "/^nr([0-9]+)@alias\\.example$/ number+${1}@far.example\n",
      "canonical": """
        old@test.example   new.name@test.example
        short              Long.Name@test.example
        @dom.example       @domain.example
        loop1@test.example loop2@test.example
        loop2@test.example loop3@test.example

        """,
      "sender": "boss@test.example the.boss@far.example\nboth a+b@c.example\n",
      "recipient": "typo@test.example right@test.example\n",
      "transport": """
        special@far.example    slow:special
        far.example            smtp:[far-hub.example]
        .far.example           relay:[sub-hub.example]
        slow.example           slow:
        nexthop.example        :[other.example]
        noop.example           :
        err.example            error:5.7.1 not for you
        err2.example           error:
        later.example          retry:4.7.1 come back
        gone.example           discard:
        test.example           local:elsewhere
        boss@mail.test.example slow:boss

        """,
    ],
    databases: ["hash:virtual", "hash:canonical", "btree:sender", "hash:transport"],
    transports: ["slow"],
    envelopes: {
      let keys = [
        "info@alias.example", "team@alias.example", "two@alias.example", "self@alias.example",
        "ping@alias.example", "plus@alias.example", "plus+list@alias.example",
        "any@sales.example", "boss@test.example", "boss@mail.test.example", "root@test.example",
        "bare@localhost", "x@catch.example", "\"a b\"@alias.example", "nr12@alias.example",
        "old@test.example", "short@test.example", "short", "x@dom.example",
        "loop1@test.example", "typo@test.example", "special@far.example", "x@far.example",
        "x@deep.sub.far.example", "x@slow.example", "x@nexthop.example", "x@noop.example",
        "x@err.example", "x@err2.example", "x@later.example", "x@gone.example",
        "gone@test.example", "moved@relay.example", "x@relay.example", "nobody@alias.example",
        "user@host.test.example", "user@keep.test.example", "user@a.keep.test.example",
        "root@host.test.example", "user@x.other.example", "both@test.example", "x@unlisted.example",
      ]
      var result: [Envelope] = []
      for key in keys {
        let parts = key.split(separator: "@", maxSplits: 1).map(String.init)
        result.append(E.envelope("sender@far.example", [key]))
        result.append(E.envelope(key, ["x@unlisted.example"]))
        if parts.count == 2 {
          for form in E.forms(parts[0].filter { $0 != "\"" }, parts[1]).dropFirst().prefix(7) {
            result.append(E.envelope("sender@far.example", [form]))
          }
        }
      }
      for sender in ["vip@test.example", "x@away.example", "slow@test.example", "fast@test.example", ""] {
        for recipient in ["x@unlisted.example", "x@relay.example", "boss@test.example", "x@far.example"] {
          result.append(E.envelope(sender, [recipient]))
        }
      }
      result.append(E.envelope("a@b.example", ["team@alias.example", "two@alias.example", "boss"]))
      return result
    }())
}
