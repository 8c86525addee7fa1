import Foundation
import MyKarteCore

/// A copy of the committed vault, which is enrolled and holds nothing yet (`fixtures/package`).
final class Enrolled {
    let scenario: Scenario
    let path: URL
    let vault: Vault
    /// What the refusals said.
    var said: [MyKarteError] = []

    init(_ scenario: Scenario, in folder: URL) throws {
        self.scenario = scenario
        path = folder.appendingPathComponent("phone.mykarte-vault")
        try scenario.bytes("phone.mykarte-vault").write(to: path)
        vault = try Vault.open(path: path.path)
        try unlock()
    }

    func unlock() throws { try scenario.unlock(vault) }

    func enrolment() throws -> Enrolment {
        let all = try vault.enrolments()
        guard let only = all.first, all.count == 1 else { throw Failure("\(all.count) enrolments") }
        return only
    }

    func receive(_ name: String, confirmed: Bool = false) throws -> Received {
        try vault.receive(bytes: scenario.bytes(name)).accept(confirmed: confirmed)
    }

    func provenance(_ received: Received) throws -> Provenance {
        try vault.record(id: received.record.id).provenance()
    }

    /// The call is refused for this, and what the vault holds is what it held.
    func refused<T>(_ problem: PackageProblem, line: UInt = #line, _ call: () throws -> T) throws {
        let before = try vault.anchor()
        let error = try thrown(line: line, call)
        try same(error, .packageRefused(problem: problem), line: line)
        try same(vault.anchor(), before, line: line)
        said.append(error)
    }
}

extension Scenario {
    func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(name))
    }

    func rootKey() throws -> String { String(decoding: try bytes("root-key.txt"), as: UTF8.self) }

    func unlock(_ vault: Vault) throws {
        let typed = secret(try fact("passcode"))
        try vault.unlockWithPasscodeOnly(passcode: typed)
    }

    /// A moment of the table.
    func date(_ key: String) throws -> Date { Date(timeIntervalSince1970: Double(try number(key))) }

    func inFolder(_ use: (URL) throws -> Void) throws {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try use(folder)
    }

    func withEnrolled(_ use: (Enrolled) throws -> Void) throws {
        try inFolder { try use(Enrolled(self, in: $0)) }
    }
}

extension Data {
    /// One bit of it is another.
    func flipped(_ at: Int) -> Data {
        var bytes = self
        bytes[at] ^= 1
        return bytes
    }
}
