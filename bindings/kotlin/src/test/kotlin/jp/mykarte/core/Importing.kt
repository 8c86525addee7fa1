package jp.mykarte.core

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.assertTimeoutPreemptively
import java.time.Duration
import kotlin.concurrent.thread

/** Progress as it was told. */
private class Told(private val each: (ImportProgress) -> Unit = {}) : ImportListener {
    val steps = mutableListOf<ImportProgress>()

    override fun onProgress(progress: ImportProgress) {
        steps += progress
        each(progress)
    }
}

internal val importing: Map<String, (Scenario) -> Unit> = mapOf(
    "import" to { scenario ->
        scenario.withRecord { opened ->
            val told = Told()
            val again = opened.vault.importRecord(scenario.request(), told)
            assertTrue(again.updated)
            assertEquals(ImportProgress.Survey, told.steps.first())
            assertEquals(ImportProgress.Store, told.steps.last())
            val read = told.steps.filterIsInstance<ImportProgress.Read>()
            assertEquals(read.sortedBy { it.done }, read)
            assertEquals(read.last().total, read.last().done)
            val used = again.report.fates.single { it.fate == FileFate.USED }.files
            assertEquals(scenario.fact("used").toUInt(), used)
            val summary = opened.vault.record(again.record.id).use { it.summary() }
            assertEquals(scenario.fact("name"), summary.name)
            assertEquals(scenario.fact("hospital"), summary.hospitalId)
            assertEquals(scenario.fact("allergies").toUInt(), summary.counts.allergies)
            assertEquals(scenario.fact("prescriptions").toUInt(), summary.counts.prescriptionDrugs)
            assertEquals(scenario.fact("memos").toUInt(), summary.counts.memos)
        }
    },
    "cancel" to { scenario ->
        scenario.withRecord { opened ->
            val cancellation = Cancellation()
            val told = Told { if (it is ImportProgress.Read) thread { cancellation.cancel() }.join() }
            assertThrows<MyKarteException.Cancelled> { opened.vault.importRecord(scenario.request(), told, cancellation) }
            assertEquals(listOf(1uL), opened.vault.records().map { it.generation })
            assertEquals(2uL, opened.vault.importRecord(scenario.request()).record.generation)
        }
    },
    "throwing-listener" to { scenario ->
        scenario.withRecord { opened ->
            val angry = Told { if (it is ImportProgress.Read) throw IllegalStateException("thrown by the app") }
            assertThrows<MyKarteException.ListenerFailed> { opened.vault.importRecord(scenario.request(), angry) }
            assertEquals(1, angry.steps.filterIsInstance<ImportProgress.Read>().size)
            // Kotlin's errors are no exceptions; they end the import all the same.
            val broken = Told { if (it is ImportProgress.Read) throw AssertionError("thrown by the app") }
            assertThrows<MyKarteException.ListenerFailed> { opened.vault.importRecord(scenario.request(), broken) }
            val polite = Told { if (it == ImportProgress.Store) throw ListenerException.Failed() }
            assertThrows<MyKarteException.ListenerFailed> { opened.vault.importRecord(scenario.request(), polite) }
            assertEquals(listOf(1uL), opened.vault.records().map { it.generation })
            assertTrue(opened.record.labs(0u, 50u).labs.isNotEmpty())
            assertEquals(2uL, opened.vault.importRecord(scenario.request()).record.generation)
        }
    },
    "listener-calls-back" to { scenario ->
        scenario.withRecord { opened ->
            val told = Told { opened.vault.records() }
            opened.vault.importRecord(scenario.request(), told)
            val locking = Told { if (it == ImportProgress.Store) opened.vault.lock() }
            assertThrows<MyKarteException.Locked> { opened.vault.importRecord(scenario.request(), locking) }
            opened.unlock()
            val relocking = Told { if (it == ImportProgress.Store) { opened.vault.lock(); opened.unlock() } }
            assertThrows<MyKarteException.Locked> { opened.vault.importRecord(scenario.request(), relocking) }
            assertEquals(listOf(2uL), opened.vault.records().map { it.generation })
            val pausing = Told { if (it == ImportProgress.Build) { opened.vault.pause(); opened.vault.resume() } }
            assertEquals(3uL, opened.vault.importRecord(scenario.request(), pausing).record.generation)
        }
    },
    "listener-imports" to { scenario ->
        scenario.withRecord { opened ->
            var inner = 0uL
            val told = Told {
                val begins = inner == 0uL && it is ImportProgress.Read && it.done > scenario.fact("from").toUInt()
                if (begins) inner = opened.vault.importRecord(scenario.request()).record.generation
            }
            val outer = assertTimeoutPreemptively(Duration.ofSeconds(scenario.fact("seconds").toLong())) {
                opened.vault.importRecord(scenario.request(), told).record.generation
            }
            assertEquals(2uL to 3uL, inner to outer)
        }
    },
    "record-changed" to { scenario ->
        scenario.withRecord { opened ->
            opened.vault.importRecord(scenario.request())
            assertThrows<MyKarteException.RecordChanged> { opened.record.labs(0u, 50u) }
            assertTrue(opened.vault.record(opened.outcome.record.id).use { it.labs(0u, 50u) }.labs.isNotEmpty())
        }
    },
)
