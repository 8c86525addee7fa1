import Foundation

extension Timestamp {
    /// What was sent, in Japanese local time: a month has no day.
    public var dateComponents: DateComponents {
        DateComponents(
            // Not the user's: in the Japanese calendar 2024 would be a year of Reiwa.
            calendar: Calendar(identifier: .gregorian), timeZone: TimeZone(identifier: "Asia/Tokyo"),
            year: Int(year), month: month.map(Int.init), day: day.map(Int.init),
            hour: hour.map(Int.init), minute: minute.map(Int.init), second: second.map(Int.init)
        )
    }
}
