import Foundation
import MyKarteCore
import XCTest

/// Prints what the memory of a Swift program holds of a record before and after the lock; judges the keys alone. For
/// `test bench`.
final class MemoryTests: XCTestCase {
    func testWhatIsLeftAfterTheLock() throws {
        try XCTSkipIf(ProcessInfo.processInfo.environment["MYKARTE_BENCH"] == nil, "for test bench")
        let storage = Scenario.work.appendingPathComponent("marked")
        let truth = try String(contentsOf: storage.appendingPathComponent("truth.json"), encoding: .utf8)
        guard let patient = truth.components(separatedBy: "\"patient_id\": \"").last?.components(separatedBy: "\"").first else {
            throw Failure("no patient")
        }
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("marked.mykarte-vault")
        let made = try createVault(path: path.path, passcode: secret(passcode), installationSecret: deviceSecret())
        let request = ImportRequest(storages: [storage.path], patientId: patient)
        let id = try made.vault.importRecord(request: request).record.id
        try made.vault.lock()
        try made.vault.unlock(passcode: secret(passcode), installationSecret: deviceSecret())
        try read(made.vault, id) { print("  swift   open: \(try look(storage, path))") }
        try made.vault.lock()
        let locked = try look(storage, path)
        print("  swift   locked: \(locked)")
        XCTAssertTrue(locked.hasSuffix("keys {}"), locked)
    }

    private func read(_ vault: Vault, _ id: String, _ use: () throws -> Void) throws {
        let record = try vault.record(id: id)
        let pages: [Any] = [
            try record.summary(), try record.basics(offset: 0, limit: 100), try record.allergies(offset: 0, limit: 100),
            try record.diagnoses(offset: 0, limit: 100), try record.admissions(offset: 0, limit: 100),
            try record.prescriptions(offset: 0, limit: 100), try record.injections(offset: 0, limit: 100),
            try record.labs(offset: 0, limit: 100), try record.memos(offset: 0, limit: 100), try record.others(offset: 0, limit: 100),
        ]
        try withExtendedLifetime(pages) { try use() }
    }

    /// Another process looks: what it looks for is not in this one.
    private func look(_ storage: URL, _ vault: URL) throws -> String {
        let process = Process()
        process.executableURL = Scenario.work.appendingPathComponent("mykarte-looks")
        let device = String(repeating: "07", count: 32)
        process.arguments = [String(ProcessInfo.processInfo.processIdentifier), storage.path, vault.path, device]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        input.fileHandleForWriting.write(Data(passcode.utf8))
        try input.fileHandleForWriting.close()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return said.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
