import Foundation
import MyKarteCore

/// Progress as it was told.
private final class Told: ImportListener, @unchecked Sendable {
    private let lock = NSLock()
    private var told: [ImportProgress] = []
    private let each: @Sendable (ImportProgress) throws -> Void

    init(_ each: @escaping @Sendable (ImportProgress) throws -> Void = { _ in }) {
        self.each = each
    }

    var steps: [ImportProgress] { lock.withLock { told } }

    var reads: [(done: UInt32, total: UInt32)] {
        steps.compactMap { if case let .read(done, total) = $0 { (done, total) } else { nil } }
    }

    func onProgress(progress: ImportProgress) throws {
        lock.withLock { told.append(progress) }
        try each(progress)
    }
}

private func isRead(_ progress: ImportProgress) -> Bool {
    if case .read = progress { true } else { false }
}

private struct ThrownByTheApp: Error {}

let importing: [String: ScenariosTests.Run] = [
    "import": { scenario in
        try scenario.withRecord { opened in
            let told = Told()
            let again = try opened.vault.importRecord(request: scenario.request(), listener: told)
            try check(again.updated)
            try same(told.steps.first, .survey)
            try same(told.steps.last, .store)
            try same(told.reads.map(\.done), told.reads.map(\.done).sorted())
            try same(told.reads.last?.done, told.reads.last?.total)
            try same(again.report.fates.first { $0.fate == .used }?.files, UInt32(scenario.number("used")))
            let summary = try opened.vault.record(id: again.record.id).summary()
            try same(summary.name, scenario.fact("name"))
            try same(summary.hospitalId, scenario.fact("hospital"))
            try same(Int(summary.counts.allergies), scenario.number("allergies"))
            try same(Int(summary.counts.prescriptionDrugs), scenario.number("prescriptions"))
            try same(Int(summary.counts.memos), scenario.number("memos"))
        }
    },
    "cancel": { scenario in
        try scenario.withRecord { opened in
            let cancellation = try Cancellation()
            let told = Told { progress in
                if isRead(progress) { try cancellation.cancel() }
            }
            let error = try thrown {
                try opened.vault.importRecord(request: scenario.request(), listener: told, cancellation: cancellation)
            }
            try same(error, .cancelled)
            try same(opened.vault.records().map(\.generation), [1])
            try same(opened.vault.importRecord(request: scenario.request()).record.generation, 2)
        }
    },
    "throwing-listener": { scenario in
        try scenario.withRecord { opened in
            let angry = Told { progress in
                if isRead(progress) { throw ThrownByTheApp() }
            }
            try same(thrown { try opened.vault.importRecord(request: scenario.request(), listener: angry) }, .listenerFailed)
            try same(angry.reads.count, 1)
            let polite = Told { progress in
                if progress == .store { throw ListenerError.failed }
            }
            try same(thrown { try opened.vault.importRecord(request: scenario.request(), listener: polite) }, .listenerFailed)
            try same(opened.vault.records().map(\.generation), [1])
            try check(!opened.record.labs(offset: 0, limit: 50).labs.isEmpty)
            try same(opened.vault.importRecord(request: scenario.request()).record.generation, 2)
        }
    },
    "listener-calls-back": { scenario in
        try scenario.withRecord { opened in
            let vault = opened.vault
            _ = try vault.importRecord(request: scenario.request(), listener: Told { _ in _ = try vault.records() })
            let locking = Told { progress in
                if progress == .store { try vault.lock() }
            }
            try same(thrown { try vault.importRecord(request: scenario.request(), listener: locking) }, .locked)
            try opened.unlock()
            let relocking = Told { progress in
                guard progress == .store else { return }
                try vault.lock()
                try vault.unlock(passcode: secret(passcode), installationSecret: deviceSecret())
            }
            try same(thrown { try vault.importRecord(request: scenario.request(), listener: relocking) }, .locked)
            try same(vault.records().map(\.generation), [2])
            let pausing = Told { progress in
                guard progress == .build else { return }
                try vault.pause()
                try vault.resume()
            }
            try same(vault.importRecord(request: scenario.request(), listener: pausing).record.generation, 3)
        }
    },
    "listener-imports": { scenario in
        try scenario.withRecord { opened in
            let (vault, from) = (opened.vault, try scenario.number("from"))
            let (inner, outer, ended) = (Counter(), Counter(), DispatchSemaphore(value: 0))
            let told = Told { progress in
                guard case let .read(done, _) = progress, done > from, inner.count == 0 else { return }
                for _ in 0..<(try vault.importRecord(request: scenario.request()).record.generation) { inner.add() }
            }
            Thread.detachNewThread {
                let outcome = try? vault.importRecord(request: scenario.request(), listener: told)
                for _ in 0..<(outcome?.record.generation ?? 0) { outer.add() }
                ended.signal()
            }
            try check(ended.wait(timeout: .now() + .seconds(scenario.number("seconds"))) == .success, "it hangs")
            try same([inner.count, outer.count], [2, 3])
        }
    },
    "record-changed": { scenario in
        try scenario.withRecord { opened in
            _ = try opened.vault.importRecord(request: scenario.request())
            try same(thrown { try opened.record.labs(offset: 0, limit: 50) }, .recordChanged)
            let again = try opened.vault.record(id: opened.outcome.record.id)
            try check(!again.labs(offset: 0, limit: 50).labs.isEmpty)
        }
    },
]
