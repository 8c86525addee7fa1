import Foundation
import MyKarteCore
import XCTest

/// Prints, judges nothing: `bindings/bench` runs it, built for release, beside Kotlin and Rust.
final class SpeedTests: XCTestCase {
    func testPagesOfLaboratoryResults() throws {
        try XCTSkipIf(ProcessInfo.processInfo.environment["MYKARTE_BENCH"] == nil, "for bindings/bench")
        guard let scenario = Scenario.all.first(where: { $0.name == "ten-thousand-labs" }) else { throw Failure("no scenario") }
        try scenario.withRecord { opened in
            let first = try median(1) { try opened.record.labs(offset: 12_000, limit: 50) }
            let page = try median(100) { try opened.record.labs(offset: 12_000, limit: 50) }
            let many = try median(20) { try opened.record.labs(offset: 0, limit: 5_000) }
            let line = "  swift   a page of 50 %6.2f ms  (<= 3)    5,000 labs %6.1f ms  (<= 60)   the very first page %.1f ms"
            print(String(format: line, page, many, first))
        }
    }

    private func median<T>(_ rounds: Int, _ call: () throws -> T) throws -> Double {
        let times = try (0..<rounds).map { _ in
            let start = DispatchTime.now().uptimeNanoseconds
            _ = try call()
            return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
        }
        return times.sorted()[rounds / 2]
    }
}
