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
}

class MovedTest {
    /** Runs once more after the Swift suite has written its vault. */
    @Test
    fun `the vault that Swift wrote opens`() {
        assumeTrue(Scenario.work.resolve("exchange/swift.mykarte-vault").exists())
        vaults.getValue("moved")(Scenario.all.first { it.name == "moved" })
    }
}
