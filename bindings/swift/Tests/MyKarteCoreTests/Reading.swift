import Foundation
import MyKarteCore

/// A page of whichever section.
struct AnyPage {
    let ids: [String]
    let nextOffset: UInt32?
    let notices: [Notice]
    let absences: [Absence]
}

let everySection: [RecordSection] =
    [.basics, .allergies, .diagnoses, .admissions, .prescriptions, .injections, .labs, .memos, .others]

extension PatientRecord {
    func page(_ section: RecordSection, _ offset: Int, _ limit: Int) throws -> AnyPage {
        let (offset, limit) = (UInt32(offset), UInt32(limit))
        switch section {
        case .basics:
            let page = try basics(offset: offset, limit: limit)
            return AnyPage(ids: page.entries.map(\.id), nextOffset: page.nextOffset, notices: page.notices, absences: page.absences)
        case .allergies:
            let page = try allergies(offset: offset, limit: limit)
            return AnyPage(ids: page.entries.map(\.id), nextOffset: page.nextOffset, notices: page.notices, absences: page.absences)
        case .diagnoses:
            let page = try diagnoses(offset: offset, limit: limit)
            return AnyPage(ids: page.entries.map(\.id), nextOffset: page.nextOffset, notices: page.notices, absences: page.absences)
        case .admissions:
            let page = try admissions(offset: offset, limit: limit)
            return AnyPage(ids: page.entries.map(\.id), nextOffset: page.nextOffset, notices: page.notices, absences: page.absences)
        case .prescriptions:
            let page = try prescriptions(offset: offset, limit: limit)
            return AnyPage(ids: page.entries.map(\.id), nextOffset: page.nextOffset, notices: page.notices, absences: page.absences)
        case .injections:
            let page = try injections(offset: offset, limit: limit)
            return AnyPage(ids: page.entries.map(\.id), nextOffset: page.nextOffset, notices: page.notices, absences: page.absences)
        case .labs:
            let page = try labs(offset: offset, limit: limit)
            return AnyPage(ids: page.labs.map(\.id), nextOffset: page.nextOffset, notices: page.notices, absences: page.absences)
        case .memos:
            let page = try memos(offset: offset, limit: limit)
            return AnyPage(ids: page.entries.map(\.id), nextOffset: page.nextOffset, notices: page.notices, absences: page.absences)
        case .others:
            let page = try others(offset: offset, limit: limit)
            return AnyPage(ids: page.entries.map(\.id), nextOffset: page.nextOffset, notices: page.notices, absences: page.absences)
        }
    }

    /// All ids of a section, page by page.
    func ids(_ section: RecordSection, _ limit: Int) throws -> [String] {
        var (ids, offset) = ([String](), UInt32?.some(0))
        while let at = offset {
            let page = try page(section, Int(at), limit)
            ids += page.ids
            offset = page.nextOffset
        }
        return ids
    }
}

let reading: [String: ScenariosTests.Run] = [
    "pages": { scenario in
        try scenario.withRecord { opened in
            let summary = try opened.record.summary()
            try same(summary.sections.count, scenario.number("sections"))
            for section in summary.sections {
                let ids = try opened.record.ids(section.section, scenario.number("page"))
                try same(ids.count, Int(section.entries), "\(section.section)")
                try same(Set(ids).count, ids.count, "\(section.section)")
            }
            let past = try opened.record.labs(offset: 99_999, limit: 50)
            try same(thrown { try opened.record.labs(offset: 0, limit: 5_001) }, .invalidArgument(argument: "limit"))
            try check(past.reports.isEmpty && past.nextOffset == nil && past.total > 0)
        }
    },
    "kinds-of-nothing": { scenario in
        try scenario.withRecord { opened in
            let absences = { (section: RecordSection) in try opened.record.page(section, 0, 50).absences }
            try same(scenario.fact("allergies"), "none_registered")
            try same(absences(.allergies), [.noneRegistered])
            try same(scenario.fact("admissions"), "not_in_import")
            try same(absences(.admissions), [.notInImport])
            try same(scenario.fact("injections"), "unreadable:1")
            try same(absences(.injections), [.unreadable(files: 1)])
            let said = try absenceText(absence: .noneRegistered, section: .allergies, language: .ja)
            try same(said, "登録なし（アレルギーがないという意味ではありません）")
            try same(absences(.basics), [])
        }
    },
    "not-provided": { scenario in
        let profile = try String(contentsOf: Scenario.repo.appendingPathComponent(scenario.fact("profile")), encoding: .utf8)
        try scenario.withRecord(profile: profile) { opened in
            let page = try opened.record.allergies(offset: 0, limit: 50)
            try same(scenario.fact("allergies"), "not_provided")
            try same(page.absences, [.notProvided])
            try check(page.entries.isEmpty && page.total == 0)
            let message = try scenario.fact("message")
            try check(page.notices.contains { $0.kind == .message && $0.ja == message })
            let found = try opened.record.search(words: "見本", sections: [], limit: 10)
            let vital: [RecordSection] = [.allergies, .prescriptions, .injections]
            let said = try vital.map { try opened.record.page($0, 0, 1).notices } + [
                opened.record.summary().notices, opened.record.timeline(offset: 0, limit: 10).notices, found.notices,
            ]
            for notices in said {
                try same(notices.first { $0.kind == .warning }?.ja, scenario.fact("warning"))
            }
            try same(found.notProvided, [.allergies])
            try same(opened.record.summary().profile?.missing, [.allergies])
        }
    },
    "search": { scenario in
        try scenario.withRecord { opened in
            let words = try scenario.fact("words")
            let found = try opened.record.search(words: words, sections: [], limit: 10)
            try same(Int(found.total), scenario.number("hits"))
            guard let hit = found.hits.first, case let .injection(injection) = hit.entry else { throw Failure("no hit") }
            try same(hit.section, .injections)
            try same(hit.snippet?.found, scenario.fact("found"))
            try same(hit.snippet?.field, scenario.fact("field"))
            try check(labels(language: .ja).fields.contains { $0.key == hit.snippet?.field })
            let page = try opened.record.injections(offset: hit.position, limit: 1)
            try same(page.entries.map(\.id), [injection.id])
            try same(opened.record.search(words: "無い言葉", sections: [], limit: 10).total, 0)
            try same(opened.record.search(words: words, sections: [.labs], limit: 10).total, 0)
        }
    },
    "series": { scenario in
        try scenario.withRecord { opened in
            let name = try scenario.fact("item")
            guard let item = try opened.record.labItems().items.first(where: { $0.item.display == name }) else {
                throw Failure("no such item")
            }
            let points = try opened.record.labSeries(item: item.id).points
            try same(points.map(\.value), scenario.fact("points").components(separatedBy: ","))
            try same(points.first?.referenceRange, scenario.fact("range"))
            try same(points.first?.unit?.display, scenario.fact("unit"))
            try same(points.count, Int(item.count))
        }
    },
    "timeline": { scenario in
        try scenario.withRecord { opened in
            let page = try opened.record.timeline(offset: 0, limit: 500)
            let dates = try page.entries.map(\.date).prefix { $0 != nil }.compactMap { $0 }.map { try timestampText(time: $0) }
            try same(dates, dates.sorted(by: >))
            try same(dates.first.map { String($0.prefix(10)) }, scenario.fact("newest"))
            let total = try opened.record.summary().sections.map { Int($0.entries) }.reduce(0, +)
            try same(page.entries.count, total)
            let day = Timestamp(year: 2025, month: 11, day: 10, hour: nil, minute: nil, second: nil)
            let ofDay = try opened.record.timeline(offset: 0, limit: 500, from: day, to: day).entries.compactMap(\.date)
            try check(!ofDay.isEmpty && ofDay.count < total)
        }
    },
    "labels": { scenario in
        let (ja, en) = (try labels(language: .ja), try labels(language: .en))
        try same(ja.sections[.labs], scenario.fact("labs"))
        try same(ja.fields.first { $0.key == "labs.flags" }?.name, scenario.fact("labs.flags"))
        try same(ja.statuses[.final], scenario.fact("final"))
        try same(codeLabel(table: "HL70001", code: "M", language: .ja), scenario.fact("sex"))
        try same(codeLabel(table: "HL70001", code: "?", language: .ja), nil)
        try same(Set(en.sections.keys), Set(everySection))
        try check(en.statuses.count == ja.statuses.count && en.marks.count == ja.marks.count)
    },
    "japanese": { scenario in
        try scenario.withRecord { opened in
            guard let basics = try opened.record.basics(offset: 0, limit: 1).entries.first else { throw Failure("no basics") }
            try same(basics.name.kanji, scenario.fact("kanji"))
            try same(basics.name.kana, scenario.fact("kana"))
            try same(basics.addresses.first?.text, scenario.fact("address"))
            let born = basics.birthDate?.dateComponents
            try check(born?.year == 1957 && born?.month == 3 && born?.day == 8 && born?.hour == nil && born?.date != nil)
            try opened.changePasscode(scenario.fact("passcode"))
            try opened.vault.lock()
            try opened.unlock(scenario.fact("passcode"))
        }
    },
    "ten-thousand-labs": { scenario in
        try scenario.withRecord { opened in
            let ids = try opened.record.ids(.labs, scenario.number("page"))
            try same(Set(ids).count, scenario.number("labs"))
        }
    },
    "concurrent-readers": { scenario in
        try scenario.withRecord { opened in
            let record = opened.record
            let want = try record.ids(.labs, 500)
            let wrong = Counter()
            DispatchQueue.concurrentPerform(iterations: try scenario.number("threads")) { number in
                if number % 2 == 1 { _ = try? record.search(words: "クレアチニン", sections: [], limit: 5) }
                let found = try? record.ids(.labs, 500 + number)
                if found != want { wrong.add() }
            }
            try same(wrong.count, 0)
        }
    },
]

final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var number = 0
    var count: Int { lock.withLock { number } }
    func add() { lock.withLock { number += 1 } }
}

extension RecordEntry {
    var date: Timestamp? {
        switch self {
        case let .basics(entry): entry.date
        case let .allergy(entry): entry.date
        case let .diagnosis(entry): entry.date
        case let .stay(entry): entry.date
        case let .prescription(entry): entry.date
        case let .injection(entry): entry.date
        case let .lab(entry, _): entry.date
        case let .memo(entry): entry.date
        case let .other(entry): entry.date
        }
    }
}
