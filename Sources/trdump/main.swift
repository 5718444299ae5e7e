import Diagnostics
import MCCompiler
import Posix
import SendmailCF
import Translation
let a = CommandLine.arguments
// trdump MC tables out library [nomc]
var compiler = MCCompiler(library: Library(folder: a[4])!)
let c = compiler.compile(a[1])
for d in c.diagnostics { print("mc:", d.message.text, d.position.map { "\($0)" } ?? "") }
let cf = CFReader.read(c.configuration, name: "sendmail.cf")
for f in cf.findings { print("cf:", f.diagnostic.message.text) }
var t = Translator(configuration: cf, calls: a.count > 5 ? [] : c.calls, tables: TableSource(folder: a[2]), hostName: "mail.example.org")
let r = t.translate()
for d in r.diagnostics { print("tr:", d.message.text, d.position.map { "\($0)" } ?? "") }
try makeFolders(a[3])
for f in r.side.files { try replaceFile(a[3] + "/" + f.name, with: f.bytes) }
try replaceFile(a[3] + "/report.txt", with: Array(r.report.text.utf8))
try replaceFile(a[3] + "/report.json", with: Array(r.report.json.utf8))
