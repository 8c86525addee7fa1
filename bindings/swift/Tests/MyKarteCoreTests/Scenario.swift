import Foundation
import MyKarteCore

struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A line of `scenarios.tsv`, the table that Kotlin and Swift share.
struct Scenario: Sendable {
    let name: String
    let storage: String
    let patient: String
    let facts: [String: String]

    static let repo = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../..").standardized
    /// Storages that were made for the tests, and vaults that travel between the languages.
    static let work = URL(fileURLWithPath: ProcessInfo.processInfo.environment["MYKARTE_WORK"] ?? repo.path + "/target/bindings")

    static let all: [Scenario] = {
        let table = (try? String(contentsOf: repo.appendingPathComponent("bindings/scenarios.tsv"), encoding: .utf8)) ?? ""
        return table.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let cells = line.components(separatedBy: "\t")
            let pairs = cells[3].components(separatedBy: "; ").compactMap { pair -> (String, String)? in
                guard let at = pair.firstIndex(of: "=") else { return nil }
                return (String(pair[..<at]), String(pair[pair.index(after: at)...]))
            }
            return Scenario(name: cells[0], storage: cells[1], patient: cells[2], facts: Dictionary(uniqueKeysWithValues: pairs))
        }
    }()

    func fact(_ key: String) throws -> String {
        guard let fact = facts[key] else { throw Failure("\(name): the table has no \(key)") }
        return fact
    }

    func number(_ key: String) throws -> Int {
        guard let number = Int(try fact(key)) else { throw Failure("\(name): \(key) is no number") }
        return number
    }

    /// The folder to import.
    var folder: String {
        storage == "heavy" ? Scenario.work.appendingPathComponent("heavy").path : Scenario.repo.appendingPathComponent(storage).path
    }

    func request(profile: String? = nil, replace: Bool = false) -> ImportRequest {
        ImportRequest(storages: [folder], patientId: patient, profile: profile, replace: replace)
    }

    /// Makes a vault with the scenario's record, and hands both over.
    func withRecord<R>(profile: String? = nil, _ use: (Opened) throws -> R) throws -> R {
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("record.mykarte-vault")
        let made = try createVault(path: path.path, passcode: secret(passcode), installationSecret: deviceSecret())
        let outcome = try made.vault.importRecord(request: request(profile: profile))
        let record = try made.vault.record(id: outcome.record.id)
        return try use(Opened(path: path, vault: made.vault, record: record, recoveryCode: made.recoveryCode, outcome: outcome))
    }
}

struct Opened {
    let path: URL
    let vault: Vault
    let record: PatientRecord
    let recoveryCode: RecoveryCode
    let outcome: ImportOutcome

    func unlock(_ text: String = passcode) throws {
        let (typed, device) = (secret(text), deviceSecret())
        try vault.unlock(passcode: typed, installationSecret: device)
    }

    func changePasscode(_ text: String) throws {
        let (typed, device) = (secret(text), deviceSecret())
        try vault.changePasscode(passcode: typed, installationSecret: device)
    }

    func beside(_ name: String) -> URL {
        path.deletingLastPathComponent().appendingPathComponent(name)
    }
}

let passcode = "避難所 shelter 2026"

func secret(_ text: String) -> SecretBytes { SecretBytes(utf8: text) }

/// The installation secret of this device.
func deviceSecret() -> SecretBytes { SecretBytes([UInt8](repeating: 7, count: 32)) }

func makeFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mykarte-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}

func check(_ fact: Bool, _ about: @autoclosure () -> String = "", line: UInt = #line) throws {
    if !fact { throw Failure("line \(line): \(about())") }
}

func same<T: Equatable>(_ found: T, _ wanted: T, _ about: @autoclosure () -> String = "", line: UInt = #line) throws {
    if found != wanted { throw Failure("line \(line): found \(found), wanted \(wanted) \(about())") }
}

/// The error that a call throws; a call that throws none is a failure.
@discardableResult
func thrown<T>(line: UInt = #line, _ call: () throws -> T) throws -> MyKarteError {
    do {
        _ = try call()
    } catch let error as MyKarteError {
        return error
    }
    throw Failure("line \(line): nothing was thrown")
}
