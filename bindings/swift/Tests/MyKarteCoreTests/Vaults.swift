import Foundation
import MyKarteCore

let vaults: [String: ScenariosTests.Run] = [
    "keys": { scenario in
        try scenario.withRecord { opened in
            let vault = opened.vault
            let biometric = SecretBytes.make()
            try vault.setBiometricSecret(secret: biometric)
            try same(Set(vault.keys().map(\.kind)), [.passcode, .recoveryCode, .biometric])
            try opened.changePasscode("別の合言葉 2027")
            try vault.lock()
            try vault.unlockWithBiometricSecret(secret: biometric)
            try vault.lock()
            let written = secret(try opened.recoveryCode.dangerousText().lowercased())
            try vault.unlockWithRecoveryCode(typed: written)
            let newer = secret(try vault.makeRecoveryCode().dangerousText())
            try vault.lock()
            try same(thrown { try vault.unlockWithRecoveryCode(typed: written) }, .wrongRecoveryCode)
            try vault.unlockWithRecoveryCode(typed: newer)
            let keys = try vault.keys()
            guard let recovery = keys.first(where: { $0.kind == .recoveryCode }),
                let finger = keys.first(where: { $0.kind == .biometric })
            else { throw Failure("a key is missing") }
            try vault.removeKey(id: finger.id)
            try same(thrown { try vault.removeKey(id: recovery.id) }, .lastKey)
            let short = SecretBytes([UInt8](repeating: 0, count: 31))
            try same(thrown { try vault.setBiometricSecret(secret: short) }, .wrongSecretLength(length: 31))
            let copied = try vault.copy(path: opened.beside("copy").path)
            try same(copied.damagedParts, 0)
            let copy = try Vault.open(path: opened.beside("copy").path)
            let code = secret(try copied.recoveryCode.dangerousText())
            try copy.unlockWithRecoveryCode(typed: code)
            try same(copy.records(), vault.records())
            try copy.lock()
        }
    },
    "lock-while-paging": { scenario in
        try scenario.withRecord { opened in
            let record = opened.record
            let (pages, locked, torn) = (Counter(), Counter(), Counter())
            let (started, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            Thread.detachNewThread {
                defer { ended.signal() }
                do {
                    while true {
                        let page = try record.labs(offset: UInt32(pages.count * 100 % 20_000), limit: 100)
                        if page.labs.count != 100 { torn.add() }
                        pages.add()
                        started.signal()
                    }
                } catch MyKarteError.locked {
                    locked.add()
                } catch {
                    torn.add()
                }
            }
            started.wait()
            try opened.vault.lock()
            ended.wait()
            try check(pages.count > 0 && locked.count == 1 && torn.count == 0, "\(pages.count) \(locked.count) \(torn.count)")
            try same(opened.vault.state(), .locked)
            try same(thrown { try record.summary() }, .locked)
            try opened.unlock()
            try same(record.labs(offset: 0, limit: 100).labs.count, 100)
        }
    },
    "pause": { scenario in
        try scenario.withRecord { opened in
            try opened.vault.pause()
            try same(opened.vault.state(), .paused)
            try same(thrown { try opened.record.labs(offset: 0, limit: 50) }, .paused)
            try same(thrown { try opened.vault.importRecord(request: scenario.request()) }, .paused)
            try check(!FileManager.default.fileExists(atPath: opened.path.path + "-journal"))
            try opened.vault.resume()
            try check(!opened.record.labs(offset: 0, limit: 50).labs.isEmpty)
            try opened.vault.trimMemory()
            try check(!opened.record.labs(offset: 0, limit: 50).labs.isEmpty)
        }
    },
    "rolled-back": { scenario in
        try scenario.withRecord { opened in
            try same(opened.vault.checkAnchor(kept: nil), .notChecked)
            let (old, before) = (try Data(contentsOf: opened.path), try opened.vault.anchor())
            try same(opened.vault.checkAnchor(kept: before), .same)
            _ = try opened.vault.importRecord(request: scenario.request())
            let now = try opened.vault.anchor()
            try same(opened.vault.checkAnchor(kept: before), .ahead)
            try opened.vault.lock()
            try old.write(to: opened.path)
            try opened.unlock()
            guard case let .rolledBack(file, kept) = try opened.vault.checkAnchor(kept: now) else { throw Failure("not noticed") }
            try check(file <= kept)
            try check(!opened.record.labs(offset: 0, limit: 50).labs.isEmpty)
        }
    },
    "delete": { scenario in
        try scenario.withRecord { opened in
            let (vault, hospital, other) = (opened.vault, try scenario.fact("hospital"), try scenario.fact("other"))
            try same(thrown { try vault.deletePerson(patientId: "9999999", hospitalId: hospital) }, .noSuchRecord)
            // The same number elsewhere: another person's, as far as anybody knows.
            let there = ImportRequest(storages: [scenario.folder], patientId: scenario.patient, hospitalId: other)
            _ = try vault.importRecord(request: there)
            try same(vault.deletePerson(patientId: scenario.patient, hospitalId: hospital), 1)
            try same(vault.records().map(\.hospitalId), [other])
            try same(thrown { try vault.deletePerson(patientId: scenario.patient, hospitalId: hospital) }, .noSuchRecord)
            try same(vault.deletePerson(patientId: scenario.patient, hospitalId: " \(other) "), 1)
            try same(vault.records(), [])
            try same(thrown { try opened.record.summary() }, .noSuchRecord)
            try check(!opened.vault.eraseLeftovers())
        }
    },
    "open-and-lock": { scenario in
        try scenario.withRecord { opened in
            let secret = SecretBytes.make()
            try opened.vault.setBiometricSecret(secret: secret)
            let cycles = { (number: Int) in
                for _ in 0..<number {
                    try opened.vault.lock()
                    try opened.vault.unlockWithBiometricSecret(secret: secret)
                    _ = try opened.record.summary()
                }
            }
            try cycles(scenario.number("cycles") / 2)
            let half = try residentKib()
            try cycles(scenario.number("cycles") / 2)
            let more = try residentKib() - half
            print("open and lock: \(half) KiB after half of the cycles, \(more) KiB more at the end")
            // A summary left behind each time would be far more.
            try check(more < 4_096, "\(more) KiB more")
        }
    },
    "moved": { scenario in
        let exchange = Scenario.work.appendingPathComponent("exchange")
        try FileManager.default.createDirectory(at: exchange, withIntermediateDirectories: true)
        let own = exchange.appendingPathComponent("swift.mykarte-vault")
        try scenario.withRecord { opened in
            try opened.changePasscode(scenario.fact("passcode"))
            try opened.vault.lock()
            try Data(contentsOf: opened.path).write(to: own)
        }
        // The other language's, once its suite has run.
        let files = [own, exchange.appendingPathComponent("kotlin.mykarte-vault")]
            .filter { FileManager.default.fileExists(atPath: $0.path) }
        for path in files {
            let (vault, typed, device) = (try Vault.open(path: path.path), secret(try scenario.fact("passcode")), deviceSecret())
            try vault.unlock(passcode: typed, installationSecret: device)
            try same(vault.records().map(\.patientName), [scenario.fact("name")])
            try vault.lock()
        }
        print("moved: opened \(files.map(\.lastPathComponent))")
    },
]

private func residentKib() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") } ?? ""
    guard let kib = Int(line.filter(\.isNumber)) else { throw Failure("no VmRSS") }
    return kib
}
