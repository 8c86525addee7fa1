import Foundation
import MyKarteCore

/// Progress as it was told.
private final class Heard: DownloadListener, @unchecked Sendable {
    private let lock = NSLock()
    private var told: [(done: UInt64, total: UInt64?)] = []
    private let each: @Sendable () throws -> Void

    init(_ each: @escaping @Sendable () throws -> Void = {}) {
        self.each = each
    }

    var news: [(done: UInt64, total: UInt64?)] { lock.withLock { told } }
    var last: Int { Int(news.last?.done ?? 0) }

    func onProgress(done: UInt64, total: UInt64?) throws {
        lock.withLock { told.append((done, total)) }
        try each()
    }
}

private struct ThrownByTheApp: Error {}

/// An app's client that does not keep to its errors.
private final class Thrower: HttpClient {
    func call(call: HttpCall) throws -> HttpResponse { throw ThrownByTheApp() }
}

let downloads: [String: ScenariosTests.Run] = [
    "download": { scenario in
        try scenario.visit { visit in
            let id = try enrolWithAWrongDateFirst(scenario, visit)
            try fetchTheFirst(scenario, visit, id)
            // Nothing is sent for what the vault holds.
            _ = try visit.sent()
            try same(visit.fetch(id).outcome, .unchanged)
            try check(visit.sent() < 4_000)
            try check(visit.vault.revoke(id: id, client: visit.http))
            try same(visit.counter.say("ended"), "1")
            try same(thrown { try visit.fetch(id) }, .noSuchRecord)
            try same(visit.vault.records().map(\.patientName), [scenario.fact("name")])
        }
    },
    "cut-download": { scenario in
        try scenario.visit { visit in
            let (id, heard) = (try visit.issued(), Heard())
            // Once: the same call goes on by itself, and asks for nothing twice.
            try visit.counter.say("cut \(scenario.fact("cut"))")
            try check(!visit.take(id, heard).wasThere)
            try same(heard.news.map(\.done), heard.news.map(\.done).sorted())
            try sentOnce(visit, heard, scenario)
        }
        try scenario.visit { visit in
            let id = try visit.issued()
            try visit.counter.say("hold \(scenario.fact("cut"))")
            let lost = Heard { try visit.counter.say("lost") }
            try same(thrown { try visit.fetch(id, lost) }, .networkFailed(problem: .unreachable))
            try visit.holdsNothing()
            try visit.counter.say("back")
            // The next call begins where the one before ended.
            let heard = Heard()
            try visit.take(id, heard)
            try check((heard.news.first?.done ?? 0) > lost.last)
            try sentOnce(visit, heard, scenario)
        }
    },
    "stopped-download": { scenario in
        try scenario.visit { visit in
            let id = try visit.issued()
            try lockWhileItComes(scenario, visit, id)
            let cancellation = try Cancellation()
            let cancelling = Heard { try cancellation.cancel() }
            try same(thrown { try visit.fetch(id, cancelling, cancellation) }, .cancelled)
            try same(cancelling.news.count, 1)
            try same(thrown { try visit.fetch(id, Heard { throw ThrownByTheApp() }) }, .listenerFailed)
            try visit.holdsNothing()
            try check(!visit.take(id).wasThere)
        }
    },
    "no-network": { scenario in
        try scenario.visit { visit in
            let (vault, counter, born) = (visit.vault, visit.counter, try scenario.fact("born"))
            let fails = { (problem: NetworkProblem, call: () throws -> Void) in
                let before = try vault.anchor()
                try same(thrown(call), .networkFailed(problem: problem))
                try same(vault.anchor(), before)
            }
            let ticket = try counter.say("ticket")
            let enrol = { (http: HttpClient) in
                _ = try vault.enrolWithTicket(ticket: ticket, birthDate: born, client: http)
            }
            try counter.say("lost")
            try fails(.unreachable) { try enrol(visit.http) }
            try same(vault.enrolments(), [])
            try counter.say("back")
            try counter.say("hold 0")
            try fails(.timedOut) { try enrol(PlatformHttp(silence: 0.3)) }
            try counter.say("back")
            let id = try visit.issued()
            try counter.say("lost")
            try fails(.unreachable) { _ = try visit.fetch(id) }
            try fails(.unreachable) { _ = try visit.state(id) }
            // What the app's own client throws is a connection that broke.
            try fails(.broken) { _ = try vault.fetch(id: id, client: Thrower()) }
            try counter.say("back")
            try visit.take(id)
        }
    },
    "nothing-left": { scenario in
        try scenario.inFolder { folder in
            let path = folder.appendingPathComponent("v").path
            let counter = try Reception(scenario)
            defer { counter.end() }
            weak var http: PlatformHttp?
            weak var vault: Vault?
            try {
                let made = try createVault(path: path, passcode: secret(passcode), installationSecret: deviceSecret())
                let visit = Visit(scenario, counter, made.vault)
                (http, vault) = (visit.http, visit.vault)
                let id = try visit.issued()
                try same(thrown { try visit.fetch(id, Heard { throw ThrownByTheApp() }) }, .listenerFailed)
                // Arrived, and nobody accepts it.
                try same(visit.fetch(id).outcome, .arrived)
            }()
            try check(http == nil && vault == nil)
            // Whatever was left behind would keep the file.
            let again = try Vault.open(path: path)
            try again.unlock(passcode: secret(passcode), installationSecret: deviceSecret())
            try same(again.records(), [])
        }
    },
    "ended-enrolment": { scenario in
        try scenario.visit { visit in
            let id = try visit.issued()
            try visit.take(id)
            try same(visit.counter.say("withdraw"), "1")
            try same(visit.state(id), .ended)
            try same(thrown { try visit.fetch(id) }, .enrolmentEnded)
            try same(visit.vault.records().map(\.patientName), [scenario.fact("name")])
        }
        try scenario.visit { visit in
            let (vault, id) = (visit.vault, try visit.issued())
            try visit.counter.say("lost")
            try check(!vault.revoke(id: id, client: visit.http))
            try same(vault.tellEnded(client: visit.http), 1)
            try same(vault.enrolments(), [])
            try visit.counter.say("back")
            try same(vault.tellEnded(client: visit.http), 0)
            try same(visit.counter.say("ended"), "1")
        }
    },
]

/// What the phone was sent is hardly more than the package.
private func sentOnce(_ visit: Visit, _ heard: Heard, _ scenario: Scenario) throws {
    let sent = try visit.sent()
    try check(sent < heard.last + scenario.number("more"), "\(sent) bytes for \(heard.last)")
}

private func enrolWithAWrongDateFirst(_ scenario: Scenario, _ visit: Visit) throws -> String {
    let (vault, counter, http) = (visit.vault, visit.counter, visit.http)
    let ticket = try counter.say("ticket")
    let wrong = try parseBirthDate(typed: scenario.fact("wrong"))
    let born = try parseBirthDate(typed: scenario.fact("typed"))
    try same(born, scenario.fact("born"))
    try same(parseBirthDate(typed: "きのう"), nil)
    let refused = try thrown { try vault.enrolWithTicket(ticket: ticket, birthDate: wrong ?? "", client: http) }
    try same(refused, .wrongBirthDate(remaining: UInt32(scenario.number("tries"))))
    // Given up and begun again: the count is the ticket's.
    try vault.giveUpTicket(ticket: ticket)
    try same(vault.enrolments(), [])
    let enrolment = try vault.enrolWithTicket(ticket: ticket, birthDate: born ?? "", client: http)
    try same(enrolment.hospitalId, scenario.fact("hospital"))
    try same(visit.state(enrolment.id), .waiting)
    let digits = try counter.say("look")
    try check(digits.count == 6 && digits.allSatisfy(\.isNumber), digits)
    try same(visit.state(enrolment.id), .compare(digits: digits))
    try same(counter.say("confirm"), enrolment.id)
    try same(visit.state(enrolment.id), .confirmed)
    try same(visit.fetch(enrolment.id).outcome, .nothingIssued)
    return enrolment.id
}

private func fetchTheFirst(_ scenario: Scenario, _ visit: Visit, _ id: String) throws {
    let (vault, heard) = (visit.vault, Heard())
    try same(visit.counter.say("issue"), "1")
    let offered = try vault.enrolments().map(\.publicKey)
    let fetched = try visit.fetch(id, heard)
    try same(fetched.outcome, .arrived)
    try check(!fetched.newerKeyList && !fetched.keyListRefused)
    guard let arrival = fetched.arrival else { throw Failure("nothing arrived") }
    let who = try arrival.look()
    try same(who.name, scenario.fact("name"))
    try check(who.needsConfirmation)
    try visit.holdsNothing()
    let received = try arrival.accept(confirmed: true)
    try same(heard.news.map(\.done), heard.news.map(\.done).sorted())
    try same(heard.news.last?.total, heard.news.last?.done)
    try check(vault.enrolments().map(\.publicKey) != offered)
    try vault.announceNextKey(id: id, client: visit.http)
    // What the hospital's storage gives without a network.
    let profile = try String(contentsOf: Scenario.repo.appendingPathComponent(scenario.fact("profile")), encoding: .utf8)
    try scenario.withRecord(profile: profile) { direct in
        let record = try vault.record(id: received.record.id)
        let summary = try record.summary()
        try same(summary.counts, direct.record.summary().counts)
        for section in everySection {
            try same(record.page(section, 0, 500).ids.count, direct.record.page(section, 0, 500).ids.count, "\(section)")
        }
        try same(summary.hospitalId, scenario.fact("hospital"))
        try same(Int(summary.counts.prescriptionDrugs), scenario.number("prescriptions"))
        try same(Int(summary.counts.memos), scenario.number("memos"))
        try same(scenario.fact("allergies"), "not_provided")
        try same(record.allergies(offset: 0, limit: 50).absences, [.notProvided])
        guard case .confirmed = try record.provenance() else { throw Failure("not confirmed") }
    }
}

/// Somebody locks while nothing comes: the call ends when something does, and does not wait for the rest.
private func lockWhileItComes(_ scenario: Scenario, _ visit: Visit, _ id: String) throws {
    let (vault, counter, locking) = (visit.vault, visit.counter, Heard())
    try counter.say("hold \(scenario.fact("cut"))")
    let locked = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
        while locking.news.isEmpty { usleep(2_000) }
        if (try? vault.state()) == .unlocked { try? vault.lock() }
        _ = try? counter.say("go")
        locked.signal()
    }
    try same(thrown { try visit.fetch(id, locking) }, .locked)
    locked.wait()
    try same(thrown { try visit.fetch(id) }, .locked)
    try vault.unlock(passcode: secret(passcode), installationSecret: deviceSecret())
    try visit.holdsNothing()
}
