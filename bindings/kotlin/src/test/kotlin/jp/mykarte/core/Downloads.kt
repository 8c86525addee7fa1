package jp.mykarte.core

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.assertTimeoutPreemptively
import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread
import kotlin.io.path.readText

/** Progress as it was told. */
private class Heard(private val each: (ULong) -> Unit = {}) : DownloadListener {
    val news = CopyOnWriteArrayList<Pair<ULong, ULong?>>()

    val last: Int
        get() = news.last().first.toInt()

    override fun onProgress(done: ULong, total: ULong?) {
        news += done to total
        each(done)
    }
}

internal val downloads: Map<String, (Scenario) -> Unit> = mapOf(
    "download" to { scenario ->
        scenario.visit { visit ->
            val id = enrolWithAWrongDateFirst(scenario, visit)
            fetchTheFirst(scenario, visit, id)
            val (vault, http) = visit.vault to visit.http
            // Nothing is sent for what the vault holds.
            visit.sent()
            assertEquals(FetchOutcome.UNCHANGED, vault.fetch(id, http).use { it.outcome })
            assertTrue(visit.sent() < 4_000)
            assertTrue(vault.revoke(id, http))
            assertEquals("1", visit.counter.say("ended"))
            assertThrows<MyKarteException.NoSuchRecord> { vault.fetch(id, http) }
            assertEquals(scenario.fact("name"), vault.records().single().patientName)
        }
    },
    "cut-download" to { scenario ->
        scenario.visit { visit ->
            val (id, heard) = visit.issued() to Heard()
            // Once: the same call goes on by itself, and asks for nothing twice.
            visit.counter.say("cut ${scenario.fact("cut")}")
            assertFalse(visit.take(id, heard).wasThere)
            assertEquals(heard.news.sortedBy { it.first }, heard.news)
            visit.sentOnce(heard, scenario)
        }
        scenario.visit { visit ->
            val id = visit.issued()
            visit.counter.say("hold ${scenario.fact("cut")}")
            val lost = Heard { visit.counter.say("lost") }
            val failed = assertThrows<MyKarteException.NetworkFailed> { visit.vault.fetch(id, visit.http, lost) }
            assertEquals(NetworkProblem.UNREACHABLE, failed.problem)
            visit.holdsNothing()
            visit.counter.say("back")
            // The next call begins where the one before ended.
            val heard = Heard()
            visit.take(id, heard)
            assertTrue(heard.news.first().first > lost.news.last().first)
            visit.sentOnce(heard, scenario)
        }
    },
    "stopped-download" to { scenario ->
        scenario.visit { visit ->
            val (vault, id) = visit.vault to visit.issued()
            lockWhileItComes(scenario, visit, id)
            fun fetch(listener: Heard, cancellation: Cancellation? = null) {
                vault.fetch(id, visit.http, listener, cancellation).use { error("it went on") }
            }
            val cancellation = Cancellation()
            val cancelling = Heard { thread { cancellation.cancel() }.join() }
            assertThrows<MyKarteException.Cancelled> { fetch(cancelling, cancellation) }
            assertEquals(1, cancelling.news.size)
            assertThrows<MyKarteException.ListenerFailed> { fetch(Heard { throw IllegalStateException("thrown by the app") }) }
            visit.holdsNothing()
            assertFalse(visit.take(id).wasThere)
        }
    },
    "no-network" to { scenario ->
        scenario.visit { visit ->
            val (vault, counter) = visit.vault to visit.counter
            fun fails(problem: NetworkProblem, call: () -> Unit) {
                val before = vault.anchor()
                assertEquals(problem, assertThrows<MyKarteException.NetworkFailed> { call() }.problem)
                assertEquals(AnchorCheck.Same, vault.checkAnchor(before))
            }
            val ticket = counter.say("ticket")
            counter.say("lost")
            fails(NetworkProblem.UNREACHABLE) { vault.enrolWithTicket(ticket, scenario.fact("born"), visit.http) }
            assertEquals(emptyList<Enrolment>(), vault.enrolments())
            counter.say("back")
            counter.say("hold 0")
            fails(NetworkProblem.TIMED_OUT) {
                vault.enrolWithTicket(ticket, scenario.fact("born"), PlatformHttp(Duration.ofMillis(300)))
            }
            counter.say("back")
            val id = visit.issued()
            counter.say("lost")
            fails(NetworkProblem.UNREACHABLE) { vault.fetch(id, visit.http) }
            fails(NetworkProblem.UNREACHABLE) { vault.enrolmentState(id, visit.http) }
            // What the app's own client throws is a connection that broke.
            fails(NetworkProblem.BROKEN) { vault.fetch(id, Thrower()) }
            counter.say("back")
            visit.take(id)
        }
    },
    "nothing-left" to { scenario ->
        scenario.visit { visit ->
            val (vault, id) = visit.vault to visit.issued()
            assertThrows<MyKarteException.InvalidArgument> { vault.fetch("\uD800", visit.http, Heard(), Cancellation()) }
            assertThrows<MyKarteException.ListenerFailed> { vault.fetch(id, visit.http, Heard { error("thrown by the app") }) }
            // Arrived, and nobody accepts it.
            vault.fetch(id, visit.http).use { assertEquals(FetchOutcome.ARRIVED, it.outcome) }
            assertEquals(0, FfiConverterTypeHttpClient.handleMap.size)
            assertEquals(0, FfiConverterTypeHttpBody.handleMap.size)
            assertEquals(0, FfiConverterTypeDownloadListener.handleMap.size)
            vault.close()
            // Whatever was left behind would keep the file.
            Vault.open(visit.path).use { again ->
                visit.unlock(again)
                assertEquals(emptyList<RecordInfo>(), again.records())
            }
        }
    },
    "ended-enrolment" to { scenario ->
        scenario.visit { visit ->
            val (vault, id) = visit.vault to visit.issued()
            visit.take(id)
            assertEquals("1", visit.counter.say("withdraw"))
            assertEquals(EnrolmentState.Ended, vault.enrolmentState(id, visit.http))
            assertThrows<MyKarteException.EnrolmentEnded> { vault.fetch(id, visit.http) }
            assertEquals(scenario.fact("name"), vault.records().single().patientName)
        }
        scenario.visit { visit ->
            val (vault, id) = visit.vault to visit.issued()
            visit.counter.say("lost")
            assertFalse(vault.revoke(id, visit.http))
            assertEquals(1u, vault.tellEnded(visit.http))
            assertEquals(emptyList<Enrolment>(), vault.enrolments())
            visit.counter.say("back")
            assertEquals(0u, vault.tellEnded(visit.http))
            assertEquals("1", visit.counter.say("ended"))
        }
    },
)

/** What the phone was sent is hardly more than the package. */
private fun Visit.sentOnce(heard: Heard, scenario: Scenario) {
    val sent = sent()
    assertTrue(sent < heard.last + scenario.fact("more").toInt(), "$sent bytes for ${heard.last}")
}

/** An app's client that does not keep to its errors. */
private class Thrower : HttpClient {
    override fun call(call: HttpCall): HttpResponse = throw IllegalStateException("thrown by the app")
}

private fun enrolWithAWrongDateFirst(scenario: Scenario, visit: Visit): String {
    val (vault, counter, http) = Triple(visit.vault, visit.counter, visit.http)
    val ticket = counter.say("ticket")
    val (wrong, born) = listOf("wrong", "typed").map { parseBirthDate(scenario.fact(it)) }
    assertEquals(scenario.fact("born"), born)
    assertNull(parseBirthDate("きのう"))
    val refused = assertThrows<MyKarteException.WrongBirthDate> { vault.enrolWithTicket(ticket, checkNotNull(wrong), http) }
    assertEquals(scenario.fact("tries").toUInt(), refused.remaining)
    // Given up and begun again: the count is the ticket's.
    vault.giveUpTicket(ticket)
    assertEquals(emptyList<Enrolment>(), vault.enrolments())
    val enrolment = vault.enrolWithTicket(ticket, checkNotNull(born), http)
    assertEquals(scenario.fact("hospital"), enrolment.hospitalId)
    assertEquals(EnrolmentState.Waiting, vault.enrolmentState(enrolment.id, http))
    val digits = counter.say("look")
    assertTrue(Regex("[0-9]{6}").matches(digits), digits)
    assertEquals(EnrolmentState.Compare(digits), vault.enrolmentState(enrolment.id, http))
    assertEquals(enrolment.id, counter.say("confirm"))
    assertEquals(EnrolmentState.Confirmed, vault.enrolmentState(enrolment.id, http))
    assertEquals(FetchOutcome.NOTHING_ISSUED, vault.fetch(enrolment.id, http).use { it.outcome })
    return enrolment.id
}

private fun fetchTheFirst(scenario: Scenario, visit: Visit, id: String) {
    val vault = visit.vault
    assertEquals("1", visit.counter.say("issue"))
    val (offered, heard) = vault.enrolments().single().publicKey to Heard()
    val received = vault.fetch(id, visit.http, heard).use { fetched ->
        assertEquals(FetchOutcome.ARRIVED, fetched.outcome)
        assertFalse(fetched.newerKeyList || fetched.keyListRefused)
        val arrival = checkNotNull(fetched.arrival)
        val who = arrival.look()
        assertEquals(scenario.fact("name"), who.name)
        assertTrue(who.needsConfirmation)
        visit.holdsNothing()
        arrival.accept(true)
    }
    assertEquals(heard.news.sortedBy { it.first }, heard.news)
    assertEquals(heard.news.last().first, heard.news.last().second)
    assertNotEquals(offered, vault.enrolments().single().publicKey)
    vault.announceNextKey(id, visit.http)
    // What the hospital's storage gives without a network.
    val profile = Scenario.repo.resolve(scenario.fact("profile")).readText()
    scenario.withRecord(profile) { direct ->
        vault.record(received.record.id).use { record ->
            val (fetched, imported) = record.summary() to direct.record.summary()
            assertEquals(imported.counts, fetched.counts)
            for (section in RecordSection.entries) {
                assertEquals(direct.record.page(section, 0u, 500u).total, record.page(section, 0u, 500u).total, "$section")
            }
            assertEquals(scenario.fact("hospital"), fetched.hospitalId)
            assertEquals(scenario.fact("prescriptions").toUInt(), fetched.counts.prescriptionDrugs)
            assertEquals(scenario.fact("memos").toUInt(), fetched.counts.memos)
            assertEquals("not_provided", scenario.fact("allergies"))
            assertEquals(listOf<Absence>(Absence.NotProvided), record.allergies(0u, 50u).absences)
            assertTrue(record.provenance() is Provenance.Confirmed)
        }
    }
}

/** Somebody locks while nothing comes: the call ends when something does, and does not wait for the rest. */
private fun lockWhileItComes(scenario: Scenario, visit: Visit, id: String) {
    val (vault, counter) = visit.vault to visit.counter
    counter.say("hold ${scenario.fact("cut")}")
    val locking = Heard()
    val locker = thread {
        while (locking.news.isEmpty()) Thread.sleep(2)
        assertEquals(VaultState.UNLOCKED, vault.state())
        vault.lock()
        counter.say("go")
    }
    assertTimeoutPreemptively(Duration.ofSeconds(20)) {
        assertThrows<MyKarteException.Locked> { vault.fetch(id, visit.http, locking) }
    }
    locker.join()
    assertThrows<MyKarteException.Locked> { vault.fetch(id, visit.http) }
    visit.unlock()
    visit.holdsNothing()
}
