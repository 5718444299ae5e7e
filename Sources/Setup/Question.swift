// Question.swift: the questions, in their order, each a row.
//
// A row says when it is asked, what may be answered, and what is proposed: what the
// host has already, else what is usual for its kind.

/// A question about a host.
package struct Question: Sendable {
  package let name: QuestionName
  package let prompt: String
  package let help: String
  package let form: Form
  /// Whether there must be an answer; else "none" is one.
  let isRequired: Bool
  private let kinds: [HostKind]
  private let condition: @Sendable (FoundHost, Answers) -> Bool
  let proposal: @Sendable (FoundHost, Answers) -> [String]

  private init(
    _ name: QuestionName, _ prompt: String, _ form: Form, for kinds: [HostKind] = HostKind.allCases,
    isRequired: Bool = false, when condition: @escaping @Sendable (FoundHost, Answers) -> Bool = { _, _ in true },
    help: String, proposal: @escaping @Sendable (FoundHost, Answers) -> [String]
  ) {
    (self.name, self.prompt, self.form, self.kinds, self.isRequired) = (name, prompt, form, kinds, isRequired)
    (self.condition, self.help, self.proposal) = (condition, help, proposal)
  }

  func isAsked(_ found: FoundHost, _ answers: Answers) -> Bool {
    kinds.contains(answers.kind) && condition(found, answers)
  }

  /// The word that stands for no answer.
  static let none = "none"
}

extension Question {
  package static let all: [Question] = [
    Question(
      .kind, "What is this host?", .choice(HostKind.allCases.map { ($0.rawValue, $0.meaning) }), isRequired: true,
      help: """
        A null client hands everything to a hub and keeps no mailboxes. A smart-host client and a \
        workstation keep mail for their own users; the first sends through a provider, the second \
        directly. A relay stands before the hosts that keep the mail of its domains. A domain server \
        keeps it itself. Answer with the number or the word.
        """
    ) { found, _ in [found.kind.rawValue] },
    Question(
      .hostName, "Full name of this host?", .hostName, isRequired: true,
      help: """
        The name by which the host greets others. It should be in the DNS and lead to this host. Mail for \
        users at this name stays here, except on a null client.
        """
    ) { found, _ in found.hostName.map { [$0] } ?? [] },
    Question(
      .hub, "Host that takes all mail?", .domain, for: [.nullClient], isRequired: true,
      help: "Every message goes there, also those to users of this host, and bears the hub's name."
    ) { found, _ in found.hub.map { [$0] } ?? [] },
    Question(
      .smartHost, "Host that delivers mail for elsewhere?", .mailHost, for: [.smartHostClient], isRequired: true,
      help: smartHostHelp, proposal: smartHost),
    Question(
      .smartHost, "Host that delivers mail for elsewhere?", .mailHost, for: [.relay, .domainServer],
      help: smartHostHelp + " With none, mail goes directly to the mail exchangers of its domain.", proposal: smartHost),
    Question(
      .localNames, "Further names whose mail is kept here?", .domains,
      for: [.smartHostClient, .workstation, .domainServer],
      help: """
        Domains and host names besides the host's own. Every user of this host gets mail at each of them. \
        They are kept in the file local-host-names.
        """
    ) { found, answers in
      let names = found.localNames
      if !names.isEmpty || answers.kind != .domainServer || found.has("local-host-names") { return names }
      return parentDomain(of: answers.hostName).map { [$0] } ?? []
    },
    Question(
      .virtualUsers, "Addresses of domains that have users of their own?", .virtualUsers, for: [.domainServer],
      help: """
        In these domains an address is one only if it is listed: info@example.org=ann gives it to ann, \
        @example.org=bob gives all others of the domain to bob. They are kept in the table virtusertable.
        """
    ) { found, _ in found.virtualUsers },
    Question(
      .listen, "Take mail from other hosts?",
      .choice([("loopback", "only programs on this host hand in mail"), ("all", "other hosts do, too")]),
      for: [.workstation, .relay, .domainServer], isRequired: true,
      help: "With loopback the daemon listens on 127.0.0.1 alone, and nobody outside reaches it."
    ) { found, answers in [found.listen ?? (answers.kind == .workstation ? "loopback" : "all")] },
    Question(
      .relayNetworks, "Networks whose hosts may send to anywhere through this host?", .networks,
      for: [.relay, .domainServer],
      help: """
        Your own networks, and no others: whoever is in them may send mail to the whole world through \
        this host. They are kept in the table access.
        """
    ) { found, _ in found.relayNetworks },
    Question(
      .relayDomains, "Domains that this host passes mail on for?", .routedDomains, for: [.relay, .domainServer],
      help: """
        Anybody may send mail for them here. example.org goes on to the mail exchangers of example.org, \
        example.org=box.example.org to that host. They are kept in the tables access and mailertable.
        """
    ) { found, _ in found.relayDomains },
    Question(
      .refuse, "Senders to refuse?", .senders, for: [.workstation, .relay, .domainServer],
      help: "Addresses and domains of senders, and networks of clients. They are kept in the table access."
    ) { found, _ in found.refused },
    Question(
      .masquerade, "Domain that senders of this host show?", .domain,
      for: [.smartHostClient, .workstation, .relay, .domainServer],
      help: """
        With example.org, mail of ann leaves as ann@example.org; with none it bears the name of this host. \
        Replies must find their way, so mail for that domain must reach ann.
        """
    ) { found, answers in found.masquerade(answers).map { [$0] } ?? [] },
    Question(
      .exposedUsers, "Users that show the name of the host all the same?", .users,
      for: [.smartHostClient, .workstation, .relay, .domainServer], when: { !$1[.masquerade].isEmpty },
      help: "Mail of root usually says from which host it comes.", proposal: { found, _ in found.exposedUsers }),
    Question(
      .senderAddresses, "Users with another address outside?", .senderAddresses,
      for: [.smartHostClient, .workstation, .domainServer],
      help:
        "ann=ann.miller@example.org: mail of ann leaves under that address. They are kept in the table genericstable."
    ) { found, _ in found.senderAddresses },
    Question(
      .localDelivery, "What puts mail into mailboxes?",
      .choice([
        ("system", "the system's own program"), ("procmail", "/usr/bin/procmail, which reads users' .procmailrc"),
        ("lmtp", "sendmail's mail.local, spoken to by LMTP"),
      ]), for: [.smartHostClient, .workstation, .domainServer], isRequired: true,
      help: "The program must be installed. On Debian the system's own is sensible-mda, which looks for others itself."
    ) { found, _ in [found.localDelivery] },
    Question(
      .queueInterval, "Time between two tries to send what waits?", .interval, isRequired: true,
      help: "A number and a unit: s, m, h, d or w. It becomes QUEUE_INTERVAL in sendmail.conf."
    ) { found, _ in [found.queueInterval] },
    Question(
      .keepCalls, "Keep the calls of the old sendmail.mc that are not asked for here?", .flag, isRequired: true,
      when: { found, _ in !found.keptCalls.isEmpty },
      help: "FEATURE, define and other calls that no question above covers. They are written again, as they are.",
      proposal: { _, _ in ["yes"] }),
  ]

  private static let smartHostHelp = """
    In brackets, as [smtp.example.org], the name's address is used; without them its mail exchangers. A mailer may \
    stand before it, as esmtp:[smtp.example.org].
    """

  private static let smartHost: @Sendable (FoundHost, Answers) -> [String] = { found, _ in
    found.smartHost.map { [$0] } ?? []
  }

  /// `example.org` for `mail.example.org`.
  private static func parentDomain(of name: String) -> String? {
    name.firstIndex(of: ".").flatMap { Words.domain(String(name[name.index(after: $0)...])) }
  }

  /// The questions that are asked after these answers.
  static func asked(_ found: FoundHost, _ answers: Answers) -> [Question] {
    all.filter { $0.isAsked(found, answers) }
  }

  /// What the Enter key answers to every question: how a host is set up already.
  package static func proposals(_ found: FoundHost) -> Answers {
    var answers = Answers()
    while let next = asked(found, answers).first(where: { !answers.has($0.name) }) {
      answers[next.name] = next.proposal(found, answers)
    }
    return answers
  }

  /// The words of an answer.
  ///
  /// - Returns: nil, and `fault` told for each that does not fit.
  func read(_ words: [String], fault: (_ index: Int, _ text: String) -> Void) -> [String]? {
    if words.map({ $0.lowercased() }) == [Self.none] || words.isEmpty {
      if !isRequired { return [] }
      fault(0, "there must be \(form.what)")
      return nil
    }
    if !form.isList, words.count > 1 {
      fault(1, "one word is wanted: \(form.what)")
      return nil
    }
    var result: [String] = []
    var isGood = true
    for (index, word) in words.enumerated() {
      guard let word = form.read(word) else {
        fault(index, "`\(word)' is not \(form.what)")
        isGood = false
        continue
      }
      if !result.contains(word) { result.append(word) }
    }
    return isGood ? result : nil
  }
}
