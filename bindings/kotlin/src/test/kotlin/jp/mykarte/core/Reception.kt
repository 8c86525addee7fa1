package jp.mykarte.core

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import java.io.BufferedReader

/** The hospital's counter with a publisher on this machine (`tests/examples/counter`): a line in, a line out. */
internal class Reception(scenario: Scenario) : AutoCloseable {
    private val program: Process
    private val answers: BufferedReader

    init {
        val profile = scenario.facts["profile"]?.let { Scenario.repo.resolve(it).toString() }
        val command = listOf(Scenario.work.resolve("counter").toString(), scenario.folder, scenario.patient)
        program = ProcessBuilder(command + listOfNotNull(profile)).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        answers = program.inputStream.bufferedReader()
    }

    fun say(order: String): String {
        program.outputStream.run {
            write("$order\n".toByteArray())
            flush()
        }
        return answers.readLine() ?: error("the counter is gone at `$order`")
    }

    /** Without orders it goes home, and leaves no files. */
    override fun close() {
        program.outputStream.close()
        program.waitFor()
    }
}

/** A phone with a new vault, and the counter that it is at. */
internal class Visit(private val scenario: Scenario, val counter: Reception, val path: String, val vault: Vault) {
    val http = PlatformHttp()

    fun unlock(vault: Vault = this.vault) = passcode().use { code -> deviceSecret().use { vault.unlock(code, it) } }

    /** Enrols and is confirmed; the digits are the same on both sides. */
    fun enrol(): String {
        val id = vault.enrolWithTicket(counter.say("ticket"), scenario.fact("born"), http).id
        assertEquals(EnrolmentState.Waiting, vault.enrolmentState(id, http))
        val digits = counter.say("look")
        assertEquals(EnrolmentState.Compare(digits), vault.enrolmentState(id, http))
        counter.say("confirm")
        assertEquals(EnrolmentState.Confirmed, vault.enrolmentState(id, http))
        return id
    }

    /** The same, and a package is there. */
    fun issued(): String {
        val id = enrol()
        assertEquals("1", counter.say("issue"))
        assertEquals(EnrolmentState.Issued, vault.enrolmentState(id, http))
        counter.say("sent")
        return id
    }

    /** Fetches what must be there, and takes it. */
    fun take(id: String, listener: DownloadListener? = null): Received = vault.fetch(id, http, listener).use { fetched ->
        assertEquals(FetchOutcome.ARRIVED, fetched.outcome)
        checkNotNull(fetched.arrival).accept(true)
    }

    /** Bytes that the phone was sent since it was last asked. */
    fun sent() = counter.say("sent").toInt()

    fun holdsNothing() = assertTrue(vault.records().isEmpty())
}

internal fun Scenario.visit(use: (Visit) -> Unit) = inFolder { folder ->
    Reception(this).use { counter ->
        val path = "$folder/v"
        val made = passcode().use { code -> deviceSecret().use { createVault(path, code, it) } }
        made.use { use(Visit(this, counter, path, it.vault)) }
    }
}
