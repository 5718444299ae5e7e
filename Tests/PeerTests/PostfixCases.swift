// PostfixCases.swift: the configurations of the comparison with Postfix.

import MailAddress
import Routing

extension PostfixCase {
  fileprivate typealias E = PostfixEnvelopes

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
      blanks@alias.example    one@far.example two@far.example  three
      phrase@alias.example    Some One <one@far.example>, two words@far.example
      group@alias.example     friends: one@far.example, two@far.example;
      colons@alias.example    name:one@far.example
      brackets@alias.example  <one@far.example> two@far.example (c)
      only@alias.example      (comment)
      semi@alias.example      one@far.example; two@far.example

      """,
      "virtual.re": "/^nr([0-9]+)@alias\\.example$/ number+${1}@far.example\n",
      "canonical": """
      two@canon.example  one@far.example second@far.example
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
        "bare@localhost", "x@catch.example", "blanks@alias.example", "phrase@alias.example", "group@alias.example",
        "colons@alias.example", "brackets@alias.example", "only@alias.example", "semi@alias.example",
        "\"a b\"@alias.example", "nr12@alias.example",
        "old@test.example", "short@test.example", "short", "x@dom.example",
        "loop1@test.example", "typo@test.example", "two@canon.example", "special@far.example", "x@far.example",
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

extension PostfixCase {
  /// Switches that change how addresses are completed and taken apart.
  static let switches = PostfixCase(
    name: "rewriting switched the other way",
    main: """
      mydomain = test.example
      myorigin = $mydomain
      append_dot_mydomain = yes
      swap_bangpath = no
      allow_percent_hack = no
      resolve_dequoted_address = no
      owner_request_special = no
      recipient_delimiter = -
      propagate_unmatched_extensions =
      parent_domain_matches_subdomains =
      relay_domains = relay.example, .sub.example
      relay_transport = relay:[inner.example]
      local_transport = local:$myhostname
      virtual_alias_domains = alias.example, alias2.example
      virtual_alias_maps = texthash:$config_directory/virtual
      local_recipient_maps = texthash:$config_directory/users
      show_user_unknown_table_name = no
      soft_bounce = yes
      default_transport = slow
      transport_maps = texthash:$config_directory/transport
      masquerade_domains = test.example
      masquerade_classes = envelope_recipient, header_sender
      smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination

      """,
    files: [
      "users": "boss x\nuser@test.example x\nlist x\n",
      "virtual": "boss@alias.example boss-kept\n@all.example every@far.example\ninfo@mail boss\n",
      "transport": "relay.example smtp:\nalias2.example slow:x\n.relay.example slow:sub\n* lmtp:[star.example]\n",
    ],
    transports: ["slow"],
    envelopes: {
      var result: [Envelope] = []
      let domains = [
        "test.example", "mail", "mail.test.example", "relay.example", "sub.example", "alias.example", "alias2.example",
        "far.example",
      ]
      for domain in domains {
        for form in E.forms("boss", domain) + ["list-request@\(domain)", "owner-list@\(domain)", "boss-x@\(domain)"] {
          result.append(E.envelope("sender@far.example", [form]))
        }
        result.append(E.envelope("x@\(domain)", ["boss@\(domain)"], E.outside))
      }
      for form in E.odd {
        result.append(E.envelope("sender@far.example", [form], E.outside))
        result.append(E.envelope(form, ["boss@test.example"]))
      }
      return result
    }())

  /// smtpd's restrictions, told at RCPT as usual.
  static let restrictions = PostfixCase(
    name: "restrictions and access tables", main: restrictionLines, files: restrictionFiles,
    databases: ["hash:rcpt_access", "hash:sender_access"], transports: ["filter"],
    envelopes: restrictionEnvelopes)

  /// The same, each at its own command, with the relay test last.
  static let immediate = PostfixCase(
    name: "restrictions without delay",
    main: restrictionLines + """
      smtpd_delay_reject = no
      smtpd_relay_before_recipient_restrictions = no
      smtpd_reject_unlisted_recipient = no
      parent_domain_matches_subdomains =
      smtpd_helo_required = yes

      """,
    files: restrictionFiles, databases: ["hash:rcpt_access", "hash:sender_access"],
    transports: ["filter"], envelopes: restrictionEnvelopes)

  private static let restrictionLines = """
    recipient_delimiter = +
    relay_domains = relay.example
    virtual_alias_domains = alias.example
    virtual_alias_maps = texthash:$config_directory/virtual
    local_recipient_maps = texthash:$config_directory/users
    relay_recipient_maps = inline:{ known@relay.example=x, @any.relay.example=x, @e1.relay.example=x }
    transport_maps = inline:{ err.relay.example=error:no-such-thing, later.relay.example=retry:, { e0.relay.example=error:5.1.0 t }, { e1.relay.example=error:5.1.1 t }, { e2.relay.example=error:5.1.2 t }, { e3.relay.example=error:5.1.3 t }, { e4.relay.example=error:5.1.4 t }, { e5.relay.example=error:5.1.5 t }, { e6.relay.example=error:5.1.6 t }, { e7.relay.example=error:5.1.7 t }, { e8.relay.example=error:5.1.8 t }, { e9.relay.example=error:5.2.1 t }, { r1.relay.example=retry:4.1.1 t }, { r2.relay.example=error:4.1.2 t }, { r3.relay.example=retry:5.1.2 t } }
    smtpd_restriction_classes = strict, lenient
    strict = check_sender_access inline:{ good.example=OK }, reject
    lenient = permit
    smtpd_client_restrictions =
      check_client_access cidr:$config_directory/client.cidr,
      check_client_access texthash:$config_directory/client
      check_reverse_client_hostname_access inline:{ bad-reverse.example=REJECT }
    smtpd_helo_restrictions =
      reject_invalid_helo_hostname, check_helo_access texthash:$config_directory/helo
      warn_if_reject reject_non_fqdn_helo_hostname
    smtpd_sender_restrictions =
      check_sender_access hash:$config_directory/sender_access, reject_non_fqdn_sender
      reject_unlisted_sender
    smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
    smtpd_recipient_restrictions =
      reject_non_fqdn_recipient
      check_recipient_access hash:$config_directory/rcpt_access
      check_recipient_access regexp:$config_directory/rcpt.re
      permit_mynetworks
      reject_unknown_client_hostname
      permit
    smtpd_data_restrictions = reject_multi_recipient_bounce

    """

  private static let restrictionFiles = [
    "virtual": "info@alias.example boss\n",
    "users": "boss x\nuser x\nstrict x\nheld x\n",
    "client.cidr": """
    192.0.2.1     REJECT
    192.0.2.2     550 5.7.9 go away
    192.0.2.3     450 later
    192.0.2.4     OK
    192.0.2.5     DEFER come back
    192.0.2.6     DEFER_IF_PERMIT perhaps
    192.0.2.7     DEFER_IF_REJECT maybe
    192.0.2.8     DISCARD quietly
    192.0.2.9     HOLD
    192.0.2.10    DUNNO
    192.0.2.11    strict
    192.0.2.12    REDIRECT admin@far.example
    192.0.2.13    FILTER filter:[f.example]
    192.0.2.14    nonsense
    192.0.2.15    421 4.7.0 closing
    192.0.2.16    1234567
    192.0.2.17    BCC copy@far.example
    192.0.2.18    550 5.1.2 odd
    192.0.2.19    REJECT 5.1.1 odder

    """,
    "client": """
    bad.example          REJECT bad network
    .sub.example         REJECT dotted
    host.ok.example      OK
    ok.example           REJECT not all
    198.51.100           REJECT net
    203.0                554 5.7.1 bigger net
    unknown              DUNNO

    """,
    "helo": "spam.example REJECT 5.1.8 spam\n.dotted.example 550 dotted helo\nclient.example DUNNO\n",
    "sender_access": """
    bad@from.example     REJECT
    from.example         REJECT domain
    good@from.example    OK
    ok@                  OK
    user@                REJECT everywhere
    plus+x@from2.example 550 5.1.8 detail
    plus@from2.example   554 whole
    <>                   DUNNO
    discard.example      DISCARD
    hold.example         HOLD for a look
    class.example        strict
    perm.example         permit_mynetworks, reject
    code.example         451
    num.example          550 4.2.1 mixed class
    .dot.example         REJECT dotted

    """,
    "rcpt_access": """
    boss@relay.example   REJECT
    strict@              strict
    held@                HOLD
    open.example         OK
    moved@test.example   550 5.1.6 moved away
    red@                 REDIRECT other@far.example
    later@               DEFER_IF_PERMIT
    gone.example         DISCARD
    lenient@test.example lenient
    empty@test.example   REJECT   5.2.1 shut

    """,
    "rcpt.re": "/^x[0-9]+@/ REJECT numbered\n!/@/ REJECT no domain\n/(.*)secret/ 550 5.7.1 keep $1\n",
  ]

  private static let restrictionEnvelopes: [Envelope] = {
    var result: [Envelope] = []
    let recipients = [
      "boss@test.example", "boss@relay.example", "known@relay.example", "unknown@relay.example",
      "x@any.relay.example", "info@alias.example", "none@alias.example", "nobody@test.example",
      "strict@test.example", "held@test.example", "x@open.example", "moved@test.example",
      "red@test.example", "later@test.example", "x@gone.example", "x77@test.example", "x77@far.example",
      "mysecret@test.example", "boss+secret@test.example", "bare", "x@bare", "x@far.example",
      "user%far.example@test.example", "user%far.example@open.example", "x@err.relay.example",
      "x@later.relay.example", "postmaster", "postmaster@test.example", "postmaster@relay.example",
      "lenient@test.example", "empty@test.example", "x@sub.open.example", "boss@[127.0.0.1]",
    ]
    let senders = [
      "bad@from.example", "other@from.example", "good@from.example", "ok@any.example",
      "user@any.example", "plus+x@from2.example", "plus+y@from2.example", "", "x@discard.example",
      "x@hold.example", "x@class.example", "x@perm.example", "x@code.example", "x@num.example",
      "x@a.dot.example", "x@dot.example", "bare", "x@unqualified", "nobody@test.example",
      "none@alias.example", "boss@test.example", "x@sub.from.example", "x@fine.example",
    ]
    for recipient in recipients {
      result.append(E.envelope("x@fine.example", [recipient]))
      result.append(E.envelope("x@fine.example", [recipient], E.outside))
      result.append(E.envelope("x@fine.example", [recipient], E.client("192.0.2.6", "later.fine.example")))
      result.append(E.envelope("x@fine.example", [recipient], E.client("192.0.2.7", "later.fine.example")))
    }
    for sender in senders {
      result.append(E.envelope(sender, ["boss@test.example"]))
      result.append(E.envelope(sender, ["info@alias.example"], E.outside))
      result.append(E.envelope(sender, ["x@far.example", "boss@test.example"], E.outside))
    }
    for name in (0...9).map({ "e\($0)" }) + ["r1", "r2", "r3"] {
      result.append(E.envelope("x@fine.example", ["known@\(name).relay.example"]))
      result.append(E.envelope("known@\(name).relay.example", ["boss@test.example"]))
    }
    for number in 1...19 {
      for recipient in ["boss@test.example", "x@far.example", "x77@test.example"] {
        result.append(
          E.envelope("x@fine.example", [recipient], E.client("192.0.2.\(number)", "c\(number).fine.example")))
      }
    }
    let clients = [
      E.client("10.1.1.1", "bad.example"), E.client("10.1.1.2", "host.bad.example"),
      E.client("10.1.1.3", "sub.example"), E.client("10.1.1.4", "a.sub.example"),
      E.client("10.1.1.5", "host.ok.example"), E.client("10.1.1.6", "ok.example"),
      E.client("198.51.100.9"), E.client("203.0.113.9"), E.client("10.1.1.7"),
      Client(
        address: Bytes("10.1.1.8".utf8), reverseName: Bytes("bad-reverse.example".utf8),
        helo: Bytes("client.example".utf8)),
      Client(
        address: Bytes("10.1.1.9".utf8), nameState: .temporaryFailure,
        helo: Bytes("client.example".utf8)),
    ]
    for client in clients {
      result.append(E.envelope("x@fine.example", ["boss@test.example", "nobody@test.example"], client))
      result.append(E.envelope("", ["boss@test.example", "user@test.example"], client))
    }
    let greetings = [
      "spam.example", "x.dotted.example", "short", "bad_name", "-bad-", "[192.0.2.1]", "[bad]",
      "192.0.2.1", "trailing.example.", "a..b", "sub.spam.example",
    ]
    for greeting in greetings {
      result.append(
        E.envelope("x@fine.example", ["boss@test.example"], E.client("10.2.2.2", "h.fine.example", helo: greeting)))
    }
    return result
  }()
}
