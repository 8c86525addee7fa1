import MyKarteCore
import XCTest

/// Every line of the table is a test, here as in Kotlin.
final class ScenariosTests: XCTestCase {
    typealias Run = @Sendable (Scenario) throws -> Void
    static let known: [String: Run] = importing
        .merging(reading) { first, _ in first }
        .merging(vaults) { first, _ in first }
        .merging(failures) { first, _ in first }
        .merging(packages) { first, _ in first }
        .merging(downloads) { first, _ in first }

    func testTheTableAndThisSuiteNameTheSameScenarios() {
        XCTAssertEqual(Scenario.all.map(\.name).sorted(), Self.known.keys.sorted())
    }

    func testScenarios() {
        for scenario in Scenario.all {
            do {
                try Self.known[scenario.name]?(scenario)
                print("scenario \(scenario.name): holds")
            } catch {
                XCTFail("\(scenario.name): \(error)")
            }
        }
    }
}
