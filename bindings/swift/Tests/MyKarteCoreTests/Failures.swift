import Foundation
import MyKarteCore

let failures: [String: ScenariosTests.Run] = [
    "wrong-passcode": { scenario in
        try scenario.withRecord { opened in
            try opened.vault.lock()
            // A slip of the finger is no try.
            try same(thrown { try opened.unlock("") }, .invalidArgument(argument: "passcode"))
            try same(opened.vault.look().tries, 0)
            var (tries, delayed) = (UInt32(0), false)
            while !delayed {
                let error = try thrown { try opened.unlock("まちがい \(tries)") }
                tries += 1
                guard case let .wrongPasscode(counted, retryAfter) = error else { throw error }
                try same(counted, tries)
                try same(errorText(error: error), "wrong passcode (\(tries) wrong so far)")
                delayed = retryAfter > 0
            }
            try check(Int(tries) > scenario.number("free"), "\(tries) tries were free")
            guard case let .tooManyTries(counted, retryAfter) = try thrown({ try opened.unlock() }) else {
                throw Failure("not delayed")
            }
            try check(retryAfter > 0 && counted == tries)
            try same(opened.vault.look().tries, tries)
            let code = secret(try opened.recoveryCode.dangerousText())
            try opened.vault.unlockWithRecoveryCode(typed: code)
            try same(opened.vault.look().tries, 0)
        }
    },
    "damaged": { scenario in
        try scenario.withRecord { opened in
            try opened.vault.lock()
            let whole = try Data(contentsOf: opened.path)
            for cut in [0, 1, 4096, whole.count / 2] {
                let path = opened.beside("cut-\(cut)")
                try whole.prefix(cut).write(to: path)
                switch try thrown({ try Vault.open(path: path.path) }) {
                case .corrupt, .notAVault: break
                case let other: throw other
                }
                try same(Data(contentsOf: path).count, cut)
            }
            // Bits in the middle of the file: whatever was hit, no entry is shown that was not stored.
            let path = opened.beside("flipped")
            var flipped = [UInt8](whole)
            for at in stride(from: flipped.count / 3, to: flipped.count, by: 997) { flipped[at] ^= 1 }
            try Data(flipped).write(to: path)
            let allIds = { (record: PatientRecord) in try everySection.map { try record.page($0, 0, 500).ids } }
            var shown: [[String]] = []
            do {
                // The one way that counts no try: nothing at all is written.
                let (vault, code) = (try Vault.open(path: path.path), secret(try opened.recoveryCode.dangerousText()))
                try vault.unlockWithRecoveryCode(typed: code)
                shown = try allIds(vault.record(id: opened.outcome.record.id))
                try vault.lock()
            } catch MyKarteError.corrupt {}
            try opened.unlock()
            for (some, all) in zip(shown, try allIds(opened.record)) {
                try check(Set(some).isSubset(of: all))
            }
            try check(Data(contentsOf: path) == Data(flipped))
        }
    },
    "bad-input": { _ in
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (path, text) = (folder.appendingPathComponent("v").path, folder.appendingPathComponent("text"))
        let make = { (code: String) in
            let (typed, device) = (secret(code), deviceSecret())
            return try createVault(path: path, passcode: typed, installationSecret: device).vault
        }
        try same(thrown { try Vault.open(path: path) }, .noVault)
        try Data("これは保管庫ではありません".utf8).write(to: text)
        try same(thrown { try Vault.open(path: text.path) }, .notAVault)
        try same(thrown { try make("12345") }, .weakPasscode(weakness: .tooShort))
        try same(thrown { try make("password") }, .weakPasscode(weakness: .tooCommon))
        let vault = try make(passcode)
        let read = { (storage: String, patient: String, profile: String?) in
            try vault.importRecord(request: ImportRequest(storages: [storage], patientId: patient, profile: profile))
        }
        let demo = Scenario.repo.appendingPathComponent("fixtures/demo").path
        let missing = folder.appendingPathComponent("none").path
        try same(thrown { try read(missing, "1", nil) }, .unreadableInput(input: 0, problem: .notFound))
        try same(thrown { try read(text.path, "1", nil) }, .unreadableInput(input: 0, problem: .notAFolder))
        guard case .noSuchPatient = try thrown({ try read(demo, "7654321", nil) }) else { throw Failure("a patient") }
        guard case let .profileRefused(errors, line) = try thrown({ try read(demo, "0000311", "{\n \"labz\": 1 }") }) else {
            throw Failure("a profile")
        }
        try check(errors > 0 && line > 0)
        try same(thrown { try vault.record(id: "not an id") }, .noSuchRecord)
        let refused = { (storages: [String], id: String?, name: String?) in
            let request = ImportRequest(storages: storages, patientId: "0000311", hospitalId: id, hospitalName: name)
            return try thrown { try vault.importRecord(request: request) }
        }
        try same(refused([demo], " ", nil), .invalidArgument(argument: "hospitalId"))
        try same(refused([demo], nil, "見本病院"), .invalidArgument(argument: "hospitalName"))
        try same(refused([], nil, nil), .invalidArgument(argument: "storages"))
        try check(!FileManager.default.fileExists(atPath: path))
        let outcome = try read(demo, "0000311", nil)
        try same(thrown { try make(passcode) }, .alreadyExists)
        let record = try vault.record(id: outcome.record.id)
        try same(thrown { try record.search(words: " 　", sections: [], limit: 5) }, .invalidArgument(argument: "words"))
        let day = Timestamp(year: 2024, month: 13, day: 1, hour: nil, minute: nil, second: nil)
        try same(thrown { try record.timeline(offset: 0, limit: 5, from: day) }, .invalidArgument(argument: "from"))
        let day9 = Timestamp(year: 2024, month: 3, day: 9, hour: nil, minute: nil, second: nil)
        let march = Timestamp(year: 2024, month: 3, day: nil, hour: nil, minute: nil, second: nil)
        let may = Timestamp(year: 2024, month: 5, day: 1, hour: nil, minute: nil, second: nil)
        let late = try thrown { try record.timeline(offset: 0, limit: 5, from: may, to: march) }
        try same(late, .invalidArgument(argument: "to"))
        // Within the month.
        _ = try record.timeline(offset: 0, limit: 5, from: day9, to: march)
    },
    "secrets": { scenario in
        try scenario.withRecord { opened in
            let code = try opened.recoveryCode.dangerousText()
            var printed: [Any] = [
                opened.vault, opened.record, opened.recoveryCode, opened.outcome, try opened.vault.keys(),
                secret(passcode), deviceSecret(), try opened.vault.look(), try opened.vault.records(),
            ]
            try opened.vault.lock()
            for typed in [String(code.dropLast()), passcode, "AAAAA-AAAAA"] {
                let bytes = secret(typed)
                printed.append(try thrown { try opened.vault.unlockWithRecoveryCode(typed: bytes) })
            }
            printed.append(try thrown { try opened.unlock(passcode + "!") })
            let bytes = secret(passcode)
            printed.append(try thrown { try opened.vault.unlock(passcode: bytes, installationSecret: bytes) })
            for value in printed {
                var text = "\(value) \(String(reflecting: value))"
                dump(value, to: &text)
                if let error = value as? Error { text += error.localizedDescription }
                for hidden in [passcode, "避難所", "shelter", code, String(code.prefix(11)), "7, 7, 7, 7", "07070707"] {
                    try check(!text.contains(hidden), "\(type(of: value)) prints a secret")
                }
            }
            let wiped = secret(passcode)
            wiped.wipe()
            try check(wiped.withBytes { $0.allSatisfy { $0 == 0 } })
            let device = deviceSecret()
            let late = try thrown { try opened.vault.unlock(passcode: wiped, installationSecret: device) }
            try same(late, .wipedSecret)
        }
    },
    "refused-secrets": { scenario in
        try scenario.withRecord { opened in
            for length in try scenario.fact("lengths").split(separator: ",").compactMap({ Int($0) }) {
                let code = String("abcdefghijklmnopqrstuvwxyz".prefix(length))
                try opened.changePasscode(code)
                try opened.vault.lock()
                let (wiped, device) = (secret(code), deviceSecret())
                wiped.wipe()
                try same(thrown { try opened.vault.unlock(passcode: wiped, installationSecret: device) }, .wipedSecret)
                try same(opened.vault.look().tries, 0)
                try same(opened.vault.state(), .locked)
                try opened.unlock(code)
            }
        }
    },
    "refused-calls": { scenario in
        let folder = try makeFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("v").path
        try scenario.withRecord { opened in
            let vault = opened.vault
            // Every text of Swift is Unicode, and no object is closed: what is refused are values.
            try same(thrown { try opened.record.labs(offset: 0, limit: 0) }, .invalidArgument(argument: "limit"))
            let wiped = secret(passcode)
            wiped.wipe()
            try same(thrown { try vault.rekey(passcode: wiped, installationSecret: deviceSecret()) }, .wipedSecret)
            try FileManager.default.copyItem(atPath: opened.path.path, toPath: path)
        }
        let again = try Vault.open(path: path)
        try again.unlock(passcode: secret(passcode), installationSecret: deviceSecret())
        try same(again.records().count, 1)
    },
]
