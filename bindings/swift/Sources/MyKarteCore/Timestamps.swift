import Foundation

extension Timestamp {
    /// What was sent, in Japanese local time: a month has no day.
    public var dateComponents: DateComponents {
        DateComponents(
            timeZone: TimeZone(identifier: "Asia/Tokyo"),
            year: Int(year), month: month.map(Int.init), day: day.map(Int.init),
            hour: hour.map(Int.init), minute: minute.map(Int.init), second: second.map(Int.init)
        )
    }
}
