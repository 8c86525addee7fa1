import Foundation
import MyKarteCore

let packages: [String: ScenariosTests.Run] = [
    "receive": { scenario in
        try scenario.withEnrolled { phone in
            let first = try receiveTheFirst(scenario, phone)
            let again = try phone.receive("first.mykarte")
            try check(again.wasThere && again.gone.isEmpty)
            try same(again.record, first.record)
            let second = try phone.receive("second.mykarte")
            let gone = second.gone.map { "\($0.section)/\($0.why)/\($0.entries)" }
            try same(gone.joined(separator: ", "), scenario.fact("gone"))
            try same(second.record.id, first.record.id)
            try same(second.record.generation, 2)
            try revoke(scenario, phone, second)
        }
    },
    "refused-packages": { scenario in
        try scenario.withEnrolled { phone in
            _ = try phone.receive("first.mykarte", confirmed: true)
            try refuseBytes(scenario, phone)
            try refuseKeys(scenario, phone)
            try setAsideAnother(scenario, phone)
            try refuseOlder(scenario, phone)
            let hidden = try scenario.fact("hidden").components(separatedBy: ",") + [scenario.patient]
            for error in phone.said {
                let text = try "\(error) \(error.localizedDescription) \(errorText(error: error))"
                for word in hidden { try check(!text.contains(word), text) }
            }
        }
        try scenario.inFolder { folder in
            let vault = try newVault(folder)
            let refused = { try thrown { try vault.receive(bytes: scenario.bytes("first.mykarte")) } }
            try same(refused(), .packageRefused(problem: .otherDevice))
            _ = try vault.enrol(keyList: scenario.bytes("hospital.mykarte-list"), rootKey: scenario.rootKey())
            try same(refused(), .packageRefused(problem: .otherDevice))
        }
    },
    "verify-package": { scenario in
        try scenario.withEnrolled { phone in
            let (first, list) = (try scenario.bytes("first.mykarte"), try scenario.bytes("hospital.mykarte-list"))
            let (root, revoked) = (try scenario.rootKey(), try scenario.bytes("revoked.mykarte-list"))
            let outside = try inspectPackage(bytes: first)
            try same(outside.enrolmentId, phone.enrolment().id)
            try same(outside.number, PackageNumber(epoch: 1, counter: 1))
            try same(Int(outside.length), scenario.number("length"))
            try same(verifyPackage(bytes: first, keyList: list, rootKey: root), outside)
            let damaged = first.flipped(first.count / 2)
            try same(inspectPackage(bytes: damaged), outside)
            try phone.refused(.signatureInvalid) { try verifyPackage(bytes: damaged, keyList: list, rootKey: root) }
            try phone.refused(.keyCompromised) { try verifyPackage(bytes: first, keyList: revoked, rootKey: root) }
            try phone.refused(.notAPackage) { try inspectPackage(bytes: list) }
        }
    },
    "enrol": { scenario in
        try scenario.inFolder { try enrolANewVault(scenario, in: $0) }
        try scenario.withEnrolled { try lockWhileItWaits(scenario, $0) }
        try scenario.inFolder { try dieWhileItWaits(scenario, in: $0) }
    },
]

private func newVault(_ folder: URL) throws -> Vault {
    let path = folder.appendingPathComponent("v").path
    return try createVault(path: path, passcode: secret(passcode), installationSecret: deviceSecret()).vault
}

private func receiveTheFirst(_ scenario: Scenario, _ phone: Enrolled) throws -> Received {
    let (vault, offered) = (phone.vault, try phone.enrolment().publicKey)
    let arrival = try vault.receive(bytes: scenario.bytes("first.mykarte"))
    let arriving = try arrival.look()
    try same(arriving.name, scenario.fact("name"))
    try same(arriving.patientId, scenario.patient)
    try check(arriving.needsConfirmation)
    try same(thrown { try arrival.accept(confirmed: false) }, .notConfirmed)
    try same(vault.records(), [])
    let received = try arrival.accept(confirmed: true)
    try phone.refused(.stale) { try arrival.accept(confirmed: true) }
    try same(vault.records(), [received.record])
    try check(!received.wasThere)
    guard case let .confirmed(hospitalId, _, number, issuedAt) = try phone.provenance(received) else {
        throw Failure("not confirmed")
    }
    try same(hospitalId, scenario.fact("hospital"))
    try same(issuedAt, scenario.date("issued"))
    try same(vault.record(id: received.record.id).changedSinceSigned(), [])
    let enrolment = try phone.enrolment()
    try same(enrolment.recordId, received.record.id)
    try same(enrolment.last, number)
    try check(enrolment.publicKey != offered)
    return received
}

private func revoke(_ scenario: Scenario, _ phone: Enrolled, _ received: Received) throws {
    try same(phone.vault.updateKeyList(keyList: scenario.bytes("revoked.mykarte-list")), 1)
    try same(phone.provenance(received), .unconfirmed(reason: .keyCompromised))
    let record = try phone.vault.record(id: received.record.id)
    try same(record.changedSinceSigned(), nil)
    try same(record.summary().name, scenario.fact("name"))
    try check(!record.labs(offset: 0, limit: 50).labs.isEmpty)
    // Older, and the very same as held: the key is asked about before either.
    for name in ["first.mykarte", "second.mykarte"] {
        try phone.refused(.keyCompromised) { try phone.receive(name) }
    }
}

private func refuseBytes(_ scenario: Scenario, _ phone: Enrolled) throws {
    let whole = try scenario.bytes("second.mykarte")
    let jpeg = Data([0xFF, 0xD8, 0xFF, 0xE0]) + Data(count: 4_000)
    let all: [(PackageProblem, [Data])] = [
        // Of the hospital, the ciphertext and the signature; an enrolment that nobody knows is found before them.
        (.signatureInvalid, [140, 196, whole.count / 2, whole.count - 1].map { whole.flipped($0) }),
        (.otherHospital, [whole.flipped(16)]),
        (.otherDevice, [whole.flipped(48)]),
        (.incomplete, [whole.dropLast(), whole.prefix(100), whole + [0]]),
        (.notAPackage, [jpeg, Data(), try scenario.bytes("hospital.mykarte-list")]),
    ]
    for (problem, files) in all {
        for file in files { try phone.refused(problem) { try phone.vault.receive(bytes: file) } }
    }
}

private func refuseKeys(_ scenario: Scenario, _ phone: Enrolled) throws {
    let (vault, list, root) = (phone.vault, try scenario.bytes("hospital.mykarte-list"), try scenario.rootKey())
    let other = (root.hasPrefix("A") ? "B" : "A") + root.dropFirst()
    try phone.refused(.otherRootKey) { try vault.enrol(keyList: list, rootKey: other) }
    for typed in ["", String(root.dropLast()), "見本"] {
        try phone.refused(.notAKey) { try vault.enrol(keyList: list, rootKey: typed) }
    }
    try phone.refused(.notAKey) { try vault.enrol(keyList: scenario.bytes("first.mykarte"), rootKey: root) }
    let forged = list.flipped(list.count - 1)
    try phone.refused(.signatureInvalid) { try vault.enrol(keyList: forged, rootKey: root) }
    try phone.refused(.signatureInvalid) { try vault.updateKeyList(keyList: forged) }
}

private func setAsideAnother(_ scenario: Scenario, _ phone: Enrolled) throws {
    let (records, held) = (try phone.vault.records(), try phone.enrolment())
    for _ in 0..<2 {
        let error = try thrown { try phone.receive("other-person.mykarte") }
        try same(error, .otherPerson(differs: .birthDate))
        phone.said.append(error)
        let enrolment = try phone.enrolment()
        try same(enrolment.setAside, [SetAside(issuedAt: scenario.date("other"), differs: .birthDate)])
        try same(enrolment.publicKey, held.publicKey)
        try same(enrolment.last, held.last)
    }
    try same(phone.vault.records(), records)
}

private func refuseOlder(_ scenario: Scenario, _ phone: Enrolled) throws {
    let vault = phone.vault
    _ = try phone.receive("second.mykarte")
    let before = try vault.anchor()
    let older = try thrown { try phone.receive("first.mykarte") }
    try same(older, .olderPackage(offered: scenario.date("older"), held: scenario.date("held")))
    try same(vault.anchor(), before)
    phone.said.append(older)
    try same(vault.updateKeyList(keyList: scenario.bytes("revoked.mykarte-list")), 1)
    try phone.refused(.olderKeyList) { try vault.updateKeyList(keyList: scenario.bytes("hospital.mykarte-list")) }
    try same(vault.updateKeyList(keyList: scenario.bytes("revoked.mykarte-list")), 0)
}

private func enrolANewVault(_ scenario: Scenario, in folder: URL) throws {
    let (list, root, vault) = (try scenario.bytes("hospital.mykarte-list"), try scenario.rootKey(), try newVault(folder))
    let enrolment = try vault.enrol(keyList: list, rootKey: root)
    try same(enrolment.hospitalId, scenario.fact("hospital"))
    try check(enrolment.last == nil && enrolment.recordId == nil && enrolment.setAside.isEmpty)
    try vault.lock()
    try vault.unlock(passcode: secret(passcode), installationSecret: deviceSecret())
    try same(vault.enrolments(), [enrolment])
    try same(vault.records(), [])
    let spaced = " \(root.lowercased().replacingOccurrences(of: "-", with: " "))\n"
    let typed = try vault.enrol(keyList: list, rootKey: spaced)
    try check(typed.publicKey != enrolment.publicKey)
    try same(vault.updateKeyList(keyList: scenario.bytes("revoked.mykarte-list")), 2)
    try same(Set(vault.enrolments()), [enrolment, typed])
    try vault.endEnrolment(id: enrolment.id)
    try same(vault.enrolments(), [typed])
    for id in [enrolment.id, ""] { try same(thrown { try vault.endEnrolment(id: id) }, .noSuchRecord) }
    try vault.endEnrolment(id: typed.id)
    try same(thrown { try vault.updateKeyList(keyList: list) }, .packageRefused(problem: .otherHospital))
}

private func lockWhileItWaits(_ scenario: Scenario, _ phone: Enrolled) throws {
    let (offered, first) = (try phone.enrolment(), try scenario.bytes("first.mykarte"))
    var waiting: Arrival? = try phone.vault.receive(bytes: first)
    let locked = { (old: Arrival?) in
        try same(thrown { try old?.look() }, .locked)
        try same(thrown { try old?.accept(confirmed: true) }, .locked)
    }
    try phone.vault.lock()
    try locked(waiting)
    try phone.unlock()
    try locked(waiting)
    // The new one has the same place in the new unlocking: letting go of the old one does not touch it.
    let again = try phone.vault.receive(bytes: first)
    waiting = nil
    try same(phone.enrolment(), offered)
    try same(again.look().name, scenario.fact("name"))
    try same(again.accept(confirmed: true).record.patientName, scenario.fact("name"))
}

private func dieWhileItWaits(_ scenario: Scenario, in folder: URL) throws {
    let first = try scenario.bytes("first.mykarte")
    let left = folder.appendingPathComponent("left")
    var phone: Enrolled? = try Enrolled(scenario, in: folder)
    let offered = try phone?.enrolment()
    let waiting = try phone?.vault.receive(bytes: first)
    try FileManager.default.copyItem(at: folder.appendingPathComponent("phone.mykarte-vault"), to: left)
    phone = nil
    try same(thrown { try waiting?.accept(confirmed: true) }, .locked)
    let vault = try Vault.open(path: left.path)
    try scenario.unlock(vault)
    try same(vault.enrolments().first, offered)
    let received = try vault.receive(bytes: first).accept(confirmed: true)
    try same(vault.records(), [received.record])
    try vault.lock()
}
