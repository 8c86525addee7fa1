package jp.mykarte.core

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.assertThrows
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.copyTo
import kotlin.io.path.readBytes
import kotlin.io.path.readText

/** A copy of the committed vault, which is enrolled and holds nothing yet (`fixtures/package`). */
internal class Enrolled(private val scenario: Scenario, val path: Path, val vault: Vault) {
    /** What the refusals said. */
    val said = mutableListOf<MyKarteException>()

    fun unlock(vault: Vault = this.vault) = passcode(scenario.fact("passcode")).use { vault.unlockWithPasscodeOnly(it) }

    fun enrolment() = vault.enrolments().single()

    fun receive(name: String, confirmed: Boolean = false) = vault.receive(scenario.bytes(name)).use { it.accept(confirmed) }

    fun provenance(received: Received) = vault.record(received.record.id).use { it.provenance() }

    /** The call is refused for this, and what the vault holds is what it held. */
    fun refused(problem: PackageProblem, call: () -> Unit) {
        val before = vault.anchor()
        val error = assertThrows<MyKarteException.PackageRefused>("$problem") { call() }
        assertEquals(problem, error.problem)
        assertEquals(AnchorCheck.Same, vault.checkAnchor(before))
        said += error
    }
}

internal fun Scenario.bytes(name: String) = Scenario.repo.resolve(storage).resolve(name).readBytes()

internal val Scenario.rootKey: String
    get() = Scenario.repo.resolve(storage).resolve("root-key.txt").readText()

internal fun Scenario.inFolder(use: (Path) -> Unit) {
    val folder = Files.createTempDirectory("mykarte")
    try {
        use(folder)
    } finally {
        folder.toFile().deleteRecursively()
    }
}

internal fun Scenario.withEnrolled(use: (Enrolled) -> Unit) = inFolder { folder ->
    val path = folder.resolve("phone.mykarte-vault")
    Scenario.repo.resolve(storage).resolve("phone.mykarte-vault").copyTo(path)
    Vault.open(path.toString()).use { vault -> use(Enrolled(this, path, vault).also { it.unlock() }) }
}

/** One bit of it is another. */
internal fun ByteArray.flipped(at: Int) = copyOf().also { it[at] = (it[at].toInt() xor 1).toByte() }
