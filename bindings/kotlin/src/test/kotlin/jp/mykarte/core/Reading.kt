package jp.mykarte.core

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.assertThrows
import java.util.concurrent.Callable
import java.util.concurrent.Executors
import kotlin.io.path.readText

/** A page of whichever section. */
internal class AnyPage(val ids: List<String>, val total: UInt, val nextOffset: UInt?, val notices: List<Notice>, val absences: List<Absence>)

internal fun PatientRecord.page(section: RecordSection, offset: UInt, limit: UInt): AnyPage = when (section) {
    RecordSection.BASICS -> basics(offset, limit).run { AnyPage(entries.map { it.id }, total, nextOffset, notices, absences) }
    RecordSection.ALLERGIES -> allergies(offset, limit).run { AnyPage(entries.map { it.id }, total, nextOffset, notices, absences) }
    RecordSection.DIAGNOSES -> diagnoses(offset, limit).run { AnyPage(entries.map { it.id }, total, nextOffset, notices, absences) }
    RecordSection.ADMISSIONS -> admissions(offset, limit).run { AnyPage(entries.map { it.id }, total, nextOffset, notices, absences) }
    RecordSection.PRESCRIPTIONS -> prescriptions(offset, limit).run { AnyPage(entries.map { it.id }, total, nextOffset, notices, absences) }
    RecordSection.INJECTIONS -> injections(offset, limit).run { AnyPage(entries.map { it.id }, total, nextOffset, notices, absences) }
    RecordSection.LABS -> labs(offset, limit).run { AnyPage(labs.map { it.id }, total, nextOffset, notices, absences) }
    RecordSection.MEMOS -> memos(offset, limit).run { AnyPage(entries.map { it.id }, total, nextOffset, notices, absences) }
    RecordSection.OTHERS -> others(offset, limit).run { AnyPage(entries.map { it.id }, total, nextOffset, notices, absences) }
}

/** All ids of a section, page by page. */
internal fun PatientRecord.ids(section: RecordSection, limit: UInt): List<String> {
    val ids = mutableListOf<String>()
    var offset: UInt? = 0u
    while (offset != null) {
        val page = page(section, offset, limit)
        ids += page.ids
        offset = page.nextOffset
    }
    return ids
}

internal val reading: Map<String, (Scenario) -> Unit> = mapOf(
    "pages" to { scenario ->
        scenario.withRecord { opened ->
            val summary = opened.record.summary()
            assertEquals(scenario.fact("sections").toInt(), summary.sections.size)
            for (section in summary.sections) {
                val ids = opened.record.ids(section.section, scenario.fact("page").toUInt())
                assertEquals(section.entries.toInt(), ids.size, "${section.section}")
                assertEquals(ids.size, ids.toSet().size, "${section.section}")
            }
            val past = opened.record.labs(99_999u, 50u)
            assertThrows<MyKarteException.InvalidArgument> { opened.record.labs(0u, 5_001u) }
            assertTrue(past.reports.isEmpty() && past.nextOffset == null && past.total > 0u)
        }
    },
    "kinds-of-nothing" to { scenario ->
        scenario.withRecord { opened ->
            fun absences(section: RecordSection) = opened.record.page(section, 0u, 50u).absences
            assertEquals("none_registered", scenario.fact("allergies"))
            assertEquals(listOf<Absence>(Absence.NoneRegistered), absences(RecordSection.ALLERGIES))
            assertEquals("not_in_import", scenario.fact("admissions"))
            assertEquals(listOf<Absence>(Absence.NotInImport), absences(RecordSection.ADMISSIONS))
            assertEquals("unreadable:1", scenario.fact("injections"))
            assertEquals(listOf<Absence>(Absence.Unreadable(1u)), absences(RecordSection.INJECTIONS))
            assertEquals("登録なし（アレルギーがないという意味ではありません）",
                absenceText(Absence.NoneRegistered, RecordSection.ALLERGIES, Language.JA))
            assertEquals(emptyList<Absence>(), absences(RecordSection.BASICS))
        }
    },
    "not-provided" to { scenario ->
        scenario.withRecord(Scenario.repo.resolve(scenario.fact("profile")).readText()) { opened ->
            val page = opened.record.allergies(0u, 50u)
            assertEquals("not_provided", scenario.fact("allergies"))
            assertEquals(listOf<Absence>(Absence.NotProvided), page.absences)
            assertTrue(page.entries.isEmpty() && page.total == 0u)
            assertTrue(page.notices.any { it.kind == NoticeKind.MESSAGE && it.ja == scenario.fact("message") })
            val vital = listOf(RecordSection.ALLERGIES, RecordSection.PRESCRIPTIONS, RecordSection.INJECTIONS)
            val said = vital.map { opened.record.page(it, 0u, 1u).notices } + listOf(
                opened.record.summary().notices,
                opened.record.timeline(0u, 10u).notices,
                opened.record.search("見本", emptyList(), 10u).notices,
            )
            for (notices in said) {
                assertEquals(scenario.fact("warning"), notices.first { it.kind == NoticeKind.WARNING }.ja)
            }
            assertEquals(listOf(RecordSection.ALLERGIES), opened.record.search("見本", emptyList(), 10u).notProvided)
            assertEquals(listOf(RecordSection.ALLERGIES), opened.record.summary().profile?.missing)
        }
    },
    "search" to { scenario ->
        scenario.withRecord { opened ->
            val found = opened.record.search(scenario.fact("words"), emptyList(), 10u)
            assertEquals(scenario.fact("hits").toUInt(), found.total)
            val hit = found.hits.single()
            assertEquals(RecordSection.INJECTIONS, hit.section)
            assertEquals(scenario.fact("found"), hit.snippet?.found)
            assertEquals(scenario.fact("field"), hit.snippet?.field)
            assertTrue(labels(Language.JA).fields.any { it.key == hit.snippet?.field })
            val entry = hit.entry as RecordEntry.Injection
            assertEquals(entry.v1.id, opened.record.injections(hit.position, 1u).entries.single().id)
            assertEquals(0u, opened.record.search("無い言葉", emptyList(), 10u).total)
            assertEquals(0u, opened.record.search(scenario.fact("words"), listOf(RecordSection.LABS), 10u).total)
        }
    },
    "series" to { scenario ->
        scenario.withRecord { opened ->
            val items = opened.record.labItems().items
            val item = items.single { it.item.display == scenario.fact("item") }
            val points = opened.record.labSeries(item.id).points
            assertEquals(scenario.fact("points").split(','), points.map { it.value })
            assertEquals(scenario.fact("range"), points.first().referenceRange)
            assertEquals(scenario.fact("unit"), points.first().unit?.display)
            assertEquals(item.count.toInt(), points.size)
        }
    },
    "timeline" to { scenario ->
        scenario.withRecord { opened ->
            val page = opened.record.timeline(0u, 500u)
            val dates = page.entries.map { it.date }.takeWhile { it != null }.map { timestampText(it!!) }
            assertEquals(dates.sortedDescending(), dates)
            assertEquals(scenario.fact("newest"), dates.first().take(10))
            val total = opened.record.summary().sections.sumOf { it.entries.toInt() }
            assertEquals(total, page.entries.size)
            val day = Timestamp(2025, 11u, 10u, null, null, null)
            val ofDay = opened.record.timeline(0u, 500u, day, day).entries.mapNotNull { it.date }
            assertTrue(ofDay.isNotEmpty() && ofDay.size < total)
        }
    },
    "labels" to { scenario ->
        val (ja, en) = labels(Language.JA) to labels(Language.EN)
        assertEquals(scenario.fact("labs"), ja.sections[RecordSection.LABS])
        assertEquals(scenario.fact("labs.flags"), ja.fields.single { it.key == "labs.flags" }.name)
        assertEquals(scenario.fact("final"), ja.statuses[Status.FINAL])
        assertEquals(scenario.fact("sex"), codeLabel("HL70001", "M", Language.JA))
        assertNull(codeLabel("HL70001", "?", Language.JA))
        assertEquals(Status.entries.toSet(), en.statuses.keys)
        assertEquals(Mark.entries.toSet(), en.marks.keys)
        assertEquals(RecordSection.entries.toSet(), en.sections.keys)
    },
    "japanese" to { scenario ->
        scenario.withRecord { opened ->
            val basics = opened.record.basics(0u, 1u).entries.single()
            assertEquals(scenario.fact("kanji"), basics.name.kanji)
            assertEquals(scenario.fact("kana"), basics.name.kana)
            assertEquals(scenario.fact("address"), basics.addresses.first().text)
            assertEquals(java.time.LocalDate.of(1957, 3, 8), basics.birthDate?.toLocalDate())
            passcode(scenario.fact("passcode")).use { code -> deviceSecret().use { opened.vault.changePasscode(code, it) } }
            opened.vault.lock()
            opened.unlock(scenario.fact("passcode"))
        }
    },
    "ten-thousand-labs" to { scenario ->
        scenario.withRecord { opened ->
            val ids = opened.record.ids(RecordSection.LABS, scenario.fact("page").toUInt())
            assertEquals(scenario.fact("labs").toInt(), ids.toSet().size)
        }
    },
    "concurrent-readers" to { scenario ->
        scenario.withRecord { opened ->
            val want = opened.record.ids(RecordSection.LABS, 500u)
            val pool = Executors.newFixedThreadPool(scenario.fact("threads").toInt())
            val readers = List(scenario.fact("threads").toInt()) { number ->
                pool.submit(Callable {
                    if (number % 2 == 0) opened.record.ids(RecordSection.LABS, 500u + number.toUInt())
                    else opened.record.search("クレアチニン", emptyList(), 5u).let { opened.record.ids(RecordSection.LABS, 997u) }
                })
            }
            readers.forEach { assertEquals(want, it.get()) }
            pool.shutdown()
        }
    },
)

private val RecordEntry.date: Timestamp?
    get() = when (this) {
        is RecordEntry.Basics -> v1.date
        is RecordEntry.Allergy -> v1.date
        is RecordEntry.Diagnosis -> v1.date
        is RecordEntry.Stay -> v1.date
        is RecordEntry.Prescription -> v1.date
        is RecordEntry.Injection -> v1.date
        is RecordEntry.Lab -> lab.date
        is RecordEntry.Memo -> v1.date
        is RecordEntry.Other -> v1.date
    }
