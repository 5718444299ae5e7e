// PostfixRouter+Agents.swift: what a runtime asks of the tables when it delivers.

import MailAddress
import PostfixConfig

extension PostfixRouter {
  /// A local part without quotes, divided at recipient_delimiter.
  package func split(_ local: Bytes) -> (user: Bytes, extension: Bytes) {
    guard let (user, rest) = agents.mapping.lookup.splitLocalPart(local) else { return (local, []) }
    return (user, Bytes(rest.dropFirst()))
  }
}
