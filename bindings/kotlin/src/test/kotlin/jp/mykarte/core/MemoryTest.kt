package jp.mykarte.core

import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.readText

/** Prints what the memory of a JVM holds of a record before and after the lock; judges the keys alone. For `test bench`. */
@Tag("bench")
class MemoryTest {
    @Test
    fun `what is left after the lock`() {
        val storage = Scenario.work.resolve("marked")
        val patient = Regex("\"patient_id\": \"([^\"]*)\"").find(storage.resolve("truth.json").readText())!!.groupValues[1]
        val path = Files.createTempDirectory("mykarte").resolve("marked.mykarte-vault")
        try {
            val made = passcode().use { code -> deviceSecret().use { createVault(path.toString(), code, it) } }
            val id = made.vault.importRecord(ImportRequest(listOf(storage.toString()), patient)).record.id
            made.vault.lock()
            passcode().use { code -> deviceSecret().use { made.vault.unlock(code, it) } }
            show("open", made.vault, id, storage, path)
            made.vault.lock()
            val locked = look(storage, path)
            println("  kotlin  locked: $locked")
            repeat(3) { System.gc() }
            println("  kotlin  locked, garbage collected: ${look(storage, path)}")
            assertTrue(locked.endsWith("keys {}"), locked)
        } finally {
            path.parent.toFile().deleteRecursively()
        }
    }

    private fun show(at: String, vault: Vault, id: String, storage: Path, path: Path) {
        vault.record(id).use { record ->
            val pages = listOf(
                record.summary(), record.basics(0u, 100u), record.allergies(0u, 100u), record.diagnoses(0u, 100u), record.admissions(0u, 100u),
                record.prescriptions(0u, 100u), record.injections(0u, 100u), record.labs(0u, 100u), record.memos(0u, 100u), record.others(0u, 100u),
            )
            println("  kotlin  $at: ${look(storage, path)}")
            assertTrue(pages.isNotEmpty())
        }
    }

    /** Another process looks: what it looks for is not in this one. */
    private fun look(storage: Path, vault: Path): String {
        val pid = ProcessHandle.current().pid().toString()
        val looks = ProcessBuilder(Scenario.work.resolve("mykarte-looks").toString(), pid, storage.toString(), vault.toString(), "07".repeat(32))
        val process = looks.redirectError(ProcessBuilder.Redirect.INHERIT).start()
        process.outputStream.use { it.write(PASSCODE.toByteArray()) }
        return process.inputStream.bufferedReader().readText().trim()
    }
}
