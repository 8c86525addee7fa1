package jp.mykarte.core

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
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
}

class MovedTest {
    /** Runs once more after the Swift suite has written its vault. */
    @Test
    fun `the vault that Swift wrote opens`() {
        assumeTrue(Scenario.work.resolve("exchange/swift.mykarte-vault").exists())
        vaults.getValue("moved")(Scenario.all.first { it.name == "moved" })
    }
}
