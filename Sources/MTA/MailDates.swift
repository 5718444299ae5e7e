// MailDates.swift: dates as mail writes them (RFC 5322 section 3.3).

import Glibc
import MailAddress

enum MailDates {
  static func now() -> Int { Int(time(nil)) }

  /// `Thu, 26 Nov 2026 15:04:05 +0000`, in local time.
  static func text(_ seconds: Int) -> Bytes { text(seconds) { $0 } }

  /// `202611261504`, of Greenwich.
  static func minute(_ seconds: Int) -> Bytes {
    var when = time_t(seconds)
    var parts = tm()
    gmtime_r(&when, &parts)
    let numbers = [parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min]
    return Bytes(numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined().utf8)
  }

  /// The same as sendmail writes it: `GMT` for no offset.
  static func sendmail(_ seconds: Int) -> Bytes { text(seconds) { $0 == "+0000" ? "GMT" : $0 } }

  /// The same with the zone's name: `+0000 (UTC)`.
  static func postfix(_ seconds: Int) -> Bytes {
    text(seconds) { zone in
      var when = time_t(seconds)
      var parts = tm()
      localtime_r(&when, &parts)
      return parts.tm_zone.map { "\(zone) (\(String(cString: $0)))" } ?? zone
    }
  }

  private static func text(_ seconds: Int, _ zone: (String) -> String) -> Bytes {
    var when = time_t(seconds)
    var parts = tm()
    localtime_r(&when, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let offset = Int32(parts.tm_gmtoff / 60)
    let shift = (offset < 0 ? "-" : "+") + two(abs(offset) / 60) + two(abs(offset) % 60)
    let date =
      "\(days[Int(parts.tm_wday) % 7]), \(parts.tm_mday) \(months[Int(parts.tm_mon) % 12]) \(1900 + Int(parts.tm_year))"
    return Bytes("\(date) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) \(zone(shift))".utf8)
  }

  /// `20261126150405`, in UTC.
  static func digits(_ seconds: Int) -> Bytes {
    var when = time_t(seconds)
    var parts = tm()
    gmtime_r(&when, &parts)
    let fields = [parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec]
    return Bytes((["\(1900 + Int(parts.tm_year))"] + fields.map { $0 < 10 ? "0\($0)" : "\($0)" }).joined().utf8)
  }
}
