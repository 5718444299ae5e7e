// LocalSocket.swift: sockets: by a path, for processes of this host, and bound to an address.

import Glibc

/// What a socket's address has room for, without the NUL.
private let longestSocketPath = 107

/// Connects to a socket; blocking while its owner has as many callers as it takes.
///
/// - Parameter seconds: the longest wait; nil for no end.
/// - Throws: ENOENT or ECONNREFUSED where nobody listens; EAGAIN where the wait was too long.
package func connectLocally(_ path: String, seconds: Int? = nil) throws(Errno) -> Int32 {
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  guard descriptor >= 0 else { throw .last }
  if let seconds {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }
  let result = withLocalAddress(path) { connect(descriptor, $0, $1) }
  guard result == 0 else {
    let reason = Errno.last
    close(descriptor)
    throw reason
  }
  return descriptor
}

/// Copies what comes in on two pairs of descriptors, each to its other side, until the
/// second source is at its end.
///
/// - Parameters:
///   - change: what becomes of bytes from the first source.
///   - seeing: is shown those from the second.
package func relay(
  from local: Int32, to remote: Int32, printingOn output: Int32, change: ([UInt8]) -> [UInt8],
  seeing: ([UInt8]) -> Void = { _ in }
) throws(Errno) {
  var isLocalOpen = true
  while true {
    var watched = [
      pollfd(fd: isLocalOpen ? local : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: remote, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&watched, 2, -1) >= 0 || errno == EINTR else { throw .last }
    if watched[1].revents != 0 {
      let piece = try readPiece(remote)
      if piece.isEmpty { return }
      seeing(piece)
      try writeAll(output, piece)
    }
    if watched[0].revents != 0 {
      let piece = try readPiece(local)
      isLocalOpen = !piece.isEmpty
      if isLocalOpen { try writeAll(remote, change(piece)) } else { shutdown(remote, Int32(SHUT_WR)) }
    }
  }
}

/// A socket at a path that only we may connect to, listening. What is there is replaced.
package func listenLocally(_ path: String) throws(Errno) -> Int32 {
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  guard descriptor >= 0 else { throw .last }
  unlink(path)
  // Connecting needs the right to write, and nobody is to have it for a moment either.
  let mask = umask(0o177)
  let result = withLocalAddress(path) { bind(descriptor, $0, $1) }
  let reason = Errno.last
  umask(mask)
  guard result == 0, listen(descriptor, 128) == 0 else {
    close(descriptor)
    throw result == 0 ? .last : reason
  }
  return descriptor
}

/// A TCP socket that is bound to an address and does not listen yet.
package func bindSocket(host: String, port: Int) throws(BindFailure) -> Int32 {
  var hints = addrinfo()
  hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
  // A static program must not call the C library's name service.
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV | AI_NUMERICHOST
  var list: UnsafeMutablePointer<addrinfo>?
  let code = getaddrinfo(host == "localhost" ? "127.0.0.1" : host, String(port), &hints, &list)
  guard code == 0, let address = list?.pointee else {
    throw BindFailure(description: "\(host) is no IP address")
  }
  defer { freeaddrinfo(list) }
  let descriptor = socket(address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
  guard descriptor >= 0 else { throw BindFailure(description: "\(Errno.last)") }
  var yes: Int32 = 1
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
  guard bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
    let reason = Errno.last
    close(descriptor)
    throw BindFailure(description: "\(reason)")
  }
  return descriptor
}

/// The port of a TCP socket; nil where it has none.
package func boundPort(_ descriptor: Int32) -> Int? {
  // The port stands at the same place in addresses of both families.
  var address = sockaddr_in6()
  var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
  let result = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
  }
  return result == 0 ? Int(UInt16(bigEndian: address.sin6_port)) : nil
}

/// Why an address cannot be listened on.
package struct BindFailure: Error, CustomStringConvertible {
  package let description: String
}

/// A path that is too long for a socket's address leads there through its folder's descriptor.
private func withLocalAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
  var shown = path
  var folder: Int32 = -1
  if path.utf8.count > longestSocketPath, let slash = path.lastIndex(of: "/") {
    folder = open(String(path[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return -1 }
    shown = "/proc/self/fd/\(folder)" + path[slash...]
  }
  defer { if folder >= 0 { close(folder) } }
  guard shown.utf8.count <= longestSocketPath else {
    errno = ENAMETOOLONG
    return -1
  }
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { place in
    place.copyBytes(from: shown.utf8)
  }
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
  }
}
