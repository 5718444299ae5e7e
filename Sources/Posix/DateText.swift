// DateText.swift: a moment as people read it, and the one that a build is to tell.

import Glibc

/// A moment as date(1) writes it in the C locale and UTC: `Thu Jan  1 00:00:00 UTC 1970`.
///
/// - Parameter seconds: since 1970.
package func dateText(_ seconds: Int) -> String {
  var moment = time_t(seconds)
  var parts = tm()
  guard gmtime_r(&moment, &parts) != nil else { return "\(seconds) seconds after 1970" }
  let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  func padded(_ number: Int32, _ filling: String) -> String { (number < 10 ? filling : "") + "\(number)" }
  let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded($0, "0") }.joined(separator: ":")
  let day = "\(days[Int(parts.tm_wday) % 7]) \(months[Int(parts.tm_mon) % 12]) \(padded(parts.tm_mday, " "))"
  return "\(day) \(clock) UTC \(Int(parts.tm_year) + 1900)"
}

/// The time of a build, for output that is the same whenever it is made: SOURCE_DATE_EPOCH, in seconds since 1970.
///
/// - Returns: nil where it is not set.
/// - Throws: `InvalidBuildTime` where it is no such number.
package func buildTime() throws(InvalidBuildTime) -> Int? {
  guard let text = getenv("SOURCE_DATE_EPOCH").map({ String(cString: $0) }), !text.isEmpty else { return nil }
  guard let time = Int(text), time >= 0 else { throw InvalidBuildTime(text: text) }
  return time
}

package struct InvalidBuildTime: Error {
  package let text: String
}
