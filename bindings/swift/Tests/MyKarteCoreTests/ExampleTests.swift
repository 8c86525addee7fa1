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

    func testTheExampleOfPackagesEnrolsReceivesAndSaysWhatIsGone() throws {
        guard let scenario = Scenario.all.first(where: { $0.name == "receive" }) else { throw Failure("no scenario") }
        try scenario.withEnrolled { phone in
            let key = try enrol(in: phone.vault, keyList: scenario.bytes("hospital.mykarte-list"), rootKey: scenario.rootKey())
            XCTAssertTrue(try phone.vault.enrolments().map(\.publicKey).contains(key))
            let take = { (name: String, isMine: Bool) in
                let (file, patient) = (try scenario.bytes(name), try scenario.fact("name"))
                return try takeIn(file, into: phone.vault, fetchKeyList: { throw Failure("not asked for") }) { who in
                    isMine && who.name == patient
                }
            }
            try same(thrown { try take("first.mykarte", false) }, .notConfirmed)
            let signed = try take("first.mykarte", true)
            XCTAssertTrue(signed.count == 1 && signed[0].hasPrefix("見本大学病院 2026-03-31"), "\(signed)")
            // Nobody is asked again.
            XCTAssertEqual(try take("second.mykarte", false).last, "アレルギー情報 2 件がなくなりました（病院が提供しない項目）")
            _ = try phone.vault.updateKeyList(keyList: scenario.bytes("revoked.mykarte-list"))
            XCTAssertEqual(try origin(of: phone.vault.records()[0].id, in: phone.vault), "署名未確認")
        }
    }

    func testTheExampleOfDownloadsGoesFromTheTicketToTheRecord() throws {
        guard let scenario = Scenario.all.first(where: { $0.name == "download" }) else { throw Failure("no scenario") }
        try scenario.visit { visit in
            var (dates, shown, asked) = (["きのう", "wrong", "typed"][...], [String](), [UInt32?]())
            let ask = { (left: UInt32?) -> String in
                asked.append(left)
                let date = dates.removeFirst()
                return scenario.facts[date] ?? date
            }
            let id = try enrolAtCounter(visit.counter.say("ticket"), in: visit.vault, http: visit.http, ask: ask) { line in
                shown.append(line)
                // The counter looks, and confirms what it sees on the phone.
                if let digits = try? visit.counter.say("look"), line.hasSuffix(digits) { _ = try? visit.counter.say("confirm") }
            }
            XCTAssertEqual(asked, [nil, nil, UInt32(try scenario.number("tries"))])
            XCTAssertEqual(shown.count, 2, "\(shown)")
            try visit.counter.say("issue")
            let patient = try scenario.fact("name")
            let fetch = { try fetchNewest(id, into: visit.vault, http: visit.http, watch: Quiet()) { $0.name == patient } }
            let said = try fetch()
            XCTAssertTrue(said.count == 1 && said[0].hasPrefix("見本大学病院"), "\(said)")
            XCTAssertEqual(try fetch(), [])
        }
    }
}

private final class Quiet: DownloadListener {
    func onProgress(done: UInt64, total: UInt64?) {}
}
