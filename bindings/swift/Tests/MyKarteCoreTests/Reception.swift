import Foundation
import MyKarteCore

/// The hospital's counter with a publisher on this machine (`tests/examples/counter`): a line in, a line out.
final class Reception: @unchecked Sendable {
    private let program = Process()
    private let (orders, answers) = (Pipe(), Pipe())

    init(_ scenario: Scenario) throws {
        program.executableURL = Scenario.work.appendingPathComponent("counter")
        let profile = scenario.facts["profile"].map { Scenario.repo.appendingPathComponent($0).path }
        program.arguments = [scenario.folder, scenario.patient] + (profile.map { [$0] } ?? [])
        program.standardInput = orders
        program.standardOutput = answers
        try program.run()
    }

    @discardableResult
    func say(_ order: String) throws -> String {
        try orders.fileHandleForWriting.write(contentsOf: Data("\(order)\n".utf8))
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            let came = answers.fileHandleForReading.availableData
            if came.isEmpty { throw Failure("the counter is gone at \(order)") }
            line += came
        }
        return String(decoding: line.dropLast(), as: UTF8.self)
    }

    /// Without orders it goes home, and leaves no files.
    func end() {
        try? orders.fileHandleForWriting.close()
        program.waitUntilExit()
    }
}

/// A phone with a new vault, and the counter that it is at.
final class Visit: Sendable {
    let scenario: Scenario
    let counter: Reception
    let vault: Vault
    let http = PlatformHttp()

    init(_ scenario: Scenario, _ counter: Reception, _ vault: Vault) {
        (self.scenario, self.counter, self.vault) = (scenario, counter, vault)
    }

    func state(_ id: String) throws -> EnrolmentState { try vault.enrolmentState(id: id, client: http) }

    /// Enrols and is confirmed; the digits are the same on both sides.
    func enrol() throws -> String {
        let ticket = try counter.say("ticket")
        let id = try vault.enrolWithTicket(ticket: ticket, birthDate: scenario.fact("born"), client: http).id
        try same(state(id), .waiting)
        let digits = try counter.say("look")
        try same(state(id), .compare(digits: digits))
        try counter.say("confirm")
        try same(state(id), .confirmed)
        return id
    }

    /// The same, and a package is there.
    func issued() throws -> String {
        let id = try enrol()
        try same(counter.say("issue"), "1")
        try same(state(id), .issued)
        _ = try sent()
        return id
    }

    func fetch(
        _ id: String, _ listener: DownloadListener? = nil, _ cancellation: Cancellation? = nil
    ) throws -> Fetched {
        try vault.fetch(id: id, client: http, listener: listener, cancellation: cancellation)
    }

    /// Fetches what must be there, and takes it.
    @discardableResult
    func take(_ id: String, _ listener: DownloadListener? = nil) throws -> Received {
        let fetched = try fetch(id, listener)
        try same(fetched.outcome, .arrived)
        guard let arrival = fetched.arrival else { throw Failure("nothing arrived") }
        return try arrival.accept(confirmed: true)
    }

    /// Bytes that the phone was sent since it was last asked.
    func sent() throws -> Int {
        guard let sent = Int(try counter.say("sent")) else { throw Failure("no number") }
        return sent
    }

    func holdsNothing() throws { try same(vault.records(), []) }
}

extension Scenario {
    func visit(_ use: (Visit) throws -> Void) throws {
        try inFolder { folder in
            let counter = try Reception(self)
            defer { counter.end() }
            let path = folder.appendingPathComponent("v").path
            let made = try createVault(path: path, passcode: secret(passcode), installationSecret: deviceSecret())
            try use(Visit(self, counter, made.vault))
        }
    }
}
