package jp.mykarte.core

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.copyTo
import kotlin.io.path.readLines

/** A line of `scenarios.tsv`, the table that Kotlin and Swift share. */
internal data class Scenario(val name: String, val storage: String, val patient: String, val facts: Map<String, String>) {
    fun fact(key: String) = facts[key] ?: error("$name: the table has no $key")

    /** The folder to import. */
    val folder: String
        get() = (if (storage == "heavy") work.resolve("heavy") else repo.resolve(storage)).toString()

    fun request(profile: String? = null, replace: Boolean = false) =
        ImportRequest(listOf(folder), patient, profile = profile, replace = replace)

    companion object {
        val repo: Path = Path.of(System.getProperty("mykarte.repo"))
        val work: Path = Path.of(System.getProperty("mykarte.work"))

        val all: List<Scenario> = repo.resolve("bindings/scenarios.tsv").readLines()
            .filter { it.isNotBlank() && !it.startsWith("#") }
            .map { line ->
                val (name, storage, patient, facts) = line.split('\t')
                val pairs = facts.split("; ").filter { "=" in it }
                Scenario(name, storage, patient, pairs.associate { it.substringBefore('=') to it.substringAfter('=') })
            }
    }
}

internal const val PASSCODE = "避難所 shelter 2026"

internal fun passcode(text: String = PASSCODE) = SecretBytes.of(text.toCharArray())

/** The installation secret of this device. */
internal fun deviceSecret() = SecretBytes.of(ByteArray(32) { 7 })

/** Makes a vault with the scenario's record, and hands both over. */
internal fun <R> Scenario.withRecord(profile: String? = null, use: (Opened) -> R): R {
    val folder = Files.createTempDirectory("mykarte")
    try {
        val path = folder.resolve("record.mykarte-vault")
        val made = passcode().use { code -> deviceSecret().use { createVault(path.toString(), code, it) } }
        made.vault.use { vault ->
            val outcome = vault.importRecord(request(profile))
            return vault.record(outcome.record.id).use { use(Opened(path, vault, it, made.recoveryCode, outcome)) }
        }
    } finally {
        folder.toFile().deleteRecursively()
    }
}

internal class Opened(
    val path: Path,
    val vault: Vault,
    val record: PatientRecord,
    val recoveryCode: RecoveryCode,
    val outcome: ImportOutcome,
) {
    fun unlock(text: String = PASSCODE) = passcode(text).use { code -> deviceSecret().use { vault.unlock(code, it) } }

    fun copyTo(name: String): Path = path.copyTo(path.resolveSibling(name), overwrite = true)
}
