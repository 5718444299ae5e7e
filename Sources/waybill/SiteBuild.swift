// SiteBuild.swift: `waybill build site.yaml`, an organisation compiled into what its hosts need.
//
//     out/hosts/NAME/     sendmail.mc and tables, sendmail.cf and databases; or the folder postfix
//     out/hosts/NAME/routes.yaml      what the site file promises of the host
//     out/zones/inside/, outside/     the DNS
//     out/manifest                    a digest of each file, as sha256sum(1) checks it
//
// Everything is made in a temporary folder first: a fault in the last host leaves all hosts as they were.

import ArgumentParser
import Diagnostics
import Digests
import Posix
import Site
import Translation

extension BuildJob {
  /// Whether the file describes an organisation.
  var isOfSite: Bool { file.hasSuffix(".yaml") || file.hasSuffix(".yml") }
}

struct SiteBuild {
  private var job: BuildJob

  init(_ job: BuildJob) { self.job = job }

  init(file: String, _ options: CompilerSettings) {
    job = BuildJob(file: file)
    job.options = options
  }

  func run() throws {
    let organisation = try readOrganisation(job.options.place(of: job.file), job.options.report)
    job.log.add(job.options.place(of: job.file))
    let made = withTemporaryFolder { (folder) -> Result<[String], any Error> in
      Result { try fill(folder, organisation) }
    }
    switch made {
    case .failure(let error): throw failure(error)
    case .success(let result): try tell(organisation, result.get())
    }
  }

  func failure(_ error: Errno) -> ExitCode {
    job.options.report.show([Diagnostic(.error, .init(.cannotWrite, "no temporary folder can be made: \(error)"))])
    return ExitCode(ExitStatus.cannotCreate.rawValue)
  }

  /// - Returns: the names of the files that were written.
  private func fill(_ folder: String, _ organisation: Organisation) throws -> [String] {
    try make(organisation, in: folder)
    job.log.removeFiles(below: folder)
    let output = job.output ?? folderOf(job.file)
    if let rule = job.rule, rule.isAlone {
      try job.printRule(rule, about: output + "/manifest")
      return []
    }
    return try install(folder, into: output)
  }

  /// Writes all but the manifest to a folder of the command's own.
  func make(_ organisation: Organisation, in folder: String) throws {
    try writeSources(folder, organisation)
    for plan in organisation.plans { try compileHost(plan, organisation, folder) }
  }

  private func writeSources(_ folder: String, _ organisation: Organisation) throws {
    var staged = StagedOutput(job.options.report)
    for zone in organisation.zones {
      try staged.makeFolder("\(folder)/zones/\(zone.view.rawValue)")
      try staged.add("\(folder)/zones/\(zone.view.rawValue)/\(zone.name).zone", Array(zone.text.utf8))
    }
    for plan in organisation.plans {
      let host = "\(folder)/hosts/\(plan.host.name)"
      try staged.makeFolder(host)
      let configuration = plan.host.system == .postfix ? "postfix/main.cf" : "sendmail.cf"
      let files =
        [HostFile(name: "sendmail.mc", text: plan.sendmailMC(in: organisation))] + plan.tables(in: organisation)
        + [HostFile(name: "routes.yaml", text: plan.routes(in: organisation, configuration: configuration))]
      for file in files {
        try staged.makeFolder(folderOf("\(host)/\(file.name)"))
        try staged.add("\(host)/\(file.name)", Array(file.text.utf8))
      }
    }
    try staged.putIntoPlace()
  }

  private func compileHost(_ plan: HostPlan, _ organisation: Organisation, _ folder: String) throws {
    let host = "\(folder)/hosts/\(plan.host.name)"
    var build = BuildJob(file: "\(host)/sendmail.mc")
    (build.tables, build.output, build.host) = (host, host, "\(plan.host.name)")
    build.postfix = plan.host.system == .postfix
    build.entrance = plan.closedPort.map { ClosedPort(networks: $0.networks.map(\.description), reply: $0.reply) }
    build.options = job.options
    build.options.root = nil
    build.options.origin = SiteOrigins(plan, in: organisation, generated: build.file).place
    var staged = StagedOutput(job.options.report)
    try build.build(to: &staged)
    build.log.files.forEach(job.log.add)
    for name in build.log.missing { job.log.miss(name) }
    try staged.putIntoPlace()
  }

  /// Copies what was made to its place, with a manifest.
  private func install(_ folder: String, into output: String) throws -> [String] {
    var staged = StagedOutput(job.options.report)
    let names = filesBelow(folder).sorted()
    var manifest = ""
    for name in names {
      var bytes = try readFile(folder + "/" + name)
      // Reports name the files that they are about.
      if name.contains("/report.") { bytes = bytes.replacing(Array((folder + "/").utf8), with: []) }
      manifest += "\(Digest.sha256.sum(of: bytes))  \(name)\n"
      try staged.makeFolder(folderOf("\(output)/\(name)"))
      try staged.add("\(output)/\(name)", bytes)
    }
    try staged.add(output + "/manifest", Array(manifest.utf8))
    try job.addRule(about: output + "/manifest", to: &staged)
    try staged.putIntoPlace()
    return names
  }

  private func filesBelow(_ folder: String, _ prefix: String = "") -> [String] {
    namesInFolder(folder + "/" + prefix).flatMap { name in
      isFolder("\(folder)/\(prefix)\(name)") ? filesBelow(folder, prefix + name + "/") : [prefix + name]
    }
  }

  private func tell(_ organisation: Organisation, _ names: [String]) throws {
    if job.rule?.isAlone ?? false { return }
    let output = job.output ?? folderOf(job.file)
    if job.options.json {
      let answer = JSONValue.object([("folder", .string(output)), ("files", .array(names.map { .string($0) }))])
      return try writeOutput(answer.text + "\n")
    }
    for plan in organisation.plans {
      let host = "hosts/\(plan.host.name)"
      let count = names.count { $0.hasPrefix(host + "/") }
      try writeOutput("\(output)/\(host): \(plan.host.system.rawValue), \(counted(count, "file"))\n")
    }
    try writeOutput("\(output)/zones: \(counted(organisation.zones.count, "zone"))\n")
    try writeOutput("\(output)/manifest: \(counted(names.count, "file")); sha256sum -c checks them\n")
  }
}

/// Reads a site file and shows what is wrong in it; ends the command on an error.
func readOrganisation(_ file: String, _ report: Report) throws -> Organisation {
  let text: [UInt8]
  do throws(Errno) { text = try readFile(file) } catch {
    report.show([
      Diagnostic(.error, .init(.cannotRead, "cannot read \(file): \(error)"), at: SourcePosition(file: file))
    ])
    throw ExitCode(ExitStatus.noInput.rawValue)
  }
  var faults: [Diagnostic] = []
  let organisation = SiteReader.read(text, file: file) { faults.append($0) }
  report.show(faults)
  guard let organisation else { throw ExitCode(ExitStatus.dataError.rawValue) }
  return organisation
}
