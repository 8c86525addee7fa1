import Foundation
import MyKarteCore
import XCTest

final class ExampleTests: XCTestCase {
    /// The lines are those of `bindings/README.md`.
    func testTheExampleOfTheReadmeShowsTheAllergies() throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let demo = Scenario.repo.appendingPathComponent("fixtures/demo").path
        let said = try example(storage: demo, folder: folder, typed: "いざというとき 2026")
        XCTAssertEqual(said.count, try Scenario.all.first { $0.name == "import" }?.number("allergies"))
        XCTAssertTrue(said.contains { $0.contains("ペニシリン") }, "\(said)")
    }
}
