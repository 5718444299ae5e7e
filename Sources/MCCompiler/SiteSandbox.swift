// SiteSandbox.swift: which files belong to a site file, so that it may read them.
//
//     the library               with what it loads
//     the file's own folder     files beside the .mc
//     /etc/mail                 Debian's files include `/etc/mail/tls/starttls.m4' and the like
//     /usr/share/sendmail       the installed library, whose `cf/debian/autoconf.m4' they include
//     the root                  where one is given: the copy of a host that the file is from
//
// The two of Debian are looked for below the root, and /etc/mail where the tables are.

import MacroProcessor
import Posix

extension MCCompiler {
  func sandbox(of path: String) -> Sandbox {
    var sandbox = Sandbox()
    sandbox.allowsCommands = allowsCommands
    sandbox.endsAtRefusal = false
    sandbox.allow(library.folder)
    sandbox.allowFolder(of: path)
    for folder in readableFolders { sandbox.allow(folder) }
    if let settingsFolder { sandbox.allow(settingsFolder) }
    if let root {
      sandbox.allow(root)
    } else {
      sandbox.allowIfThere("/etc/mail")
      sandbox.allowIfThere("/usr/share/sendmail")
    }
    return sandbox
  }
}
