package jp.mykarte.core

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path
import kotlin.io.path.exists

class ExampleTest {
    /** The lines are those of `bindings/README.md`. */
    @Test
    fun `the example of the README shows the allergies`(@TempDir folder: Path) {
        val said = example(Scenario.repo.resolve("fixtures/demo").toString(), folder, "いざというとき 2026".toCharArray())
        assertEquals(Scenario.all.first { it.name == "import" }.fact("allergies").toInt(), said.size)
        assertTrue(said.any { "ペニシリン" in it }, "$said")
    }

    @Test
    fun `the example of packages enrols, receives and says what is gone`() {
        val scenario = Scenario.all.first { it.name == "receive" }
        scenario.withEnrolled { phone ->
            val key = enrol(phone.vault, scenario.bytes("hospital.mykarte-list"), scenario.rootKey)
            assertTrue(key in phone.vault.enrolments().map { it.publicKey })
            fun takeIn(name: String, isMine: Boolean) =
                takeIn(phone.vault, scenario.bytes(name), { error("not asked for") }) { isMine && it.name == scenario.fact("name") }
            assertThrows<MyKarteException.NotConfirmed> { takeIn("first.mykarte", isMine = false) }
            val signed = takeIn("first.mykarte", isMine = true).single()
            assertTrue(signed.startsWith("見本大学病院 2026-03-31"), signed)
            // Nobody is asked again.
            val said = takeIn("second.mykarte", isMine = false)
            assertEquals("アレルギー情報 2 件がなくなりました（病院が提供しない項目）", said.last())
            phone.vault.updateKeyList(scenario.bytes("revoked.mykarte-list"))
            assertEquals("署名未確認", origin(phone.vault, phone.vault.records().single().id))
        }
    }

    @Test
    fun `the example of downloads goes from the ticket to the record`() {
        val scenario = Scenario.all.first { it.name == "download" }
        scenario.visit { visit ->
            val (dates, shown, asked) = Triple(ArrayDeque(listOf("きのう", "wrong", "typed")), mutableListOf<String>(), mutableListOf<UInt?>())
            val ask = { left: UInt? ->
                asked += left
                dates.removeFirst().let { scenario.facts[it] ?: it }
            }
            val ticket = visit.counter.say("ticket")
            val id = enrolAtCounter(visit.vault, ticket, visit.http, ask) { line ->
                shown += line
                // The counter looks, and confirms what it sees on the phone.
                val digits = visit.counter.say("look")
                if (line.endsWith(digits)) visit.counter.say("confirm")
            }
            assertEquals(listOf(null, null, scenario.fact("tries").toUInt()), asked)
            assertEquals(2, shown.size, "$shown")
            visit.counter.say("issue")
            val watch = object : DownloadListener {
                override fun onProgress(done: ULong, total: ULong?) = Unit
            }
            fun fetch() = fetchNewest(visit.vault, id, visit.http, watch) { it.name == scenario.fact("name") }
            assertTrue(fetch().single().startsWith("見本大学病院"))
            assertEquals(emptyList<String>(), fetch())
        }
    }
}

class MovedTest {
    /** Runs once more after the Swift suite has written its vault. */
    @Test
    fun `the vault that Swift wrote opens`() {
        assumeTrue(Scenario.work.resolve("exchange/swift.mykarte-vault").exists())
        vaults.getValue("moved")(Scenario.all.first { it.name == "moved" })
    }
}
