package jp.mykarte.core

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.assertThrows
import java.nio.file.Files
import kotlin.concurrent.thread
import kotlin.io.path.copyTo
import kotlin.io.path.exists
import kotlin.io.path.readText

internal val vaults: Map<String, (Scenario) -> Unit> = mapOf(
    "keys" to { scenario ->
        scenario.withRecord { opened ->
            val vault = opened.vault
            val biometric = SecretBytes.make()
            vault.setBiometricSecret(biometric)
            assertEquals(setOf(KeyKind.PASSCODE, KeyKind.RECOVERY_CODE, KeyKind.BIOMETRIC), vault.keys().map { it.kind }.toSet())
            passcode("別の合言葉 2027").use { code -> deviceSecret().use { vault.changePasscode(code, it) } }
            vault.lock()
            // As the keystore gives it back.
            val kept = biometric.use { it.withBytes(ByteArray::copyOf) }
            SecretBytes.of(kept).use { vault.unlockWithBiometricSecret(it) }
            vault.lock()
            val written = SecretBytes.of(opened.recoveryCode.dangerousText().lowercase().toCharArray())
            written.use { vault.unlockWithRecoveryCode(it) }
            val newer = vault.makeRecoveryCode()
            vault.lock()
            SecretBytes.of(opened.recoveryCode.dangerousText().toCharArray()).use {
                assertThrows<MyKarteException.WrongRecoveryCode> { vault.unlockWithRecoveryCode(it) }
            }
            SecretBytes.of(newer.dangerousText().toCharArray()).use { vault.unlockWithRecoveryCode(it) }
            val recovery = vault.keys().single { it.kind == KeyKind.RECOVERY_CODE }
            vault.removeKey(vault.keys().single { it.kind == KeyKind.BIOMETRIC }.id)
            assertThrows<MyKarteException.LastKey> { vault.removeKey(recovery.id) }
            SecretBytes.of(ByteArray(31)).use {
                val error = assertThrows<MyKarteException.WrongSecretLength> { vault.setBiometricSecret(it) }
                assertEquals(31u, error.length)
            }
            val copied = vault.copy(opened.path.resolveSibling("copy").toString())
            assertEquals(0u, copied.damagedParts)
            Vault.open(opened.path.resolveSibling("copy").toString()).use { copy ->
                SecretBytes.of(copied.recoveryCode.dangerousText().toCharArray()).use { copy.unlockWithRecoveryCode(it) }
                assertEquals(vault.records(), copy.records())
            }
        }
    },
    "lock-while-paging" to { scenario ->
        scenario.withRecord { opened ->
            val started = java.util.concurrent.CountDownLatch(1)
            var pages = 0
            var end: Throwable? = null
            val reader = thread {
                end = runCatching {
                    while (true) {
                        assertEquals(100, opened.record.labs((pages * 100 % 20_000).toUInt(), 100u).labs.size)
                        pages += 1
                        started.countDown()
                    }
                }.exceptionOrNull()
            }
            started.await()
            opened.vault.lock()
            reader.join()
            assertTrue(pages > 0 && end is MyKarteException.Locked, "$pages $end")
            assertEquals(VaultState.LOCKED, opened.vault.state())
            assertThrows<MyKarteException.Locked> { opened.record.summary() }
            opened.unlock()
            assertEquals(100, opened.record.labs(0u, 100u).labs.size)
        }
    },
    "pause" to { scenario ->
        scenario.withRecord { opened ->
            opened.vault.pause()
            assertEquals(VaultState.PAUSED, opened.vault.state())
            assertThrows<MyKarteException.Paused> { opened.record.labs(0u, 50u) }
            assertThrows<MyKarteException.Paused> { opened.vault.importRecord(scenario.request()) }
            assertFalse(opened.path.resolveSibling("record.mykarte-vault-journal").exists())
            opened.vault.resume()
            assertTrue(opened.record.labs(0u, 50u).labs.isNotEmpty())
            opened.vault.trimMemory()
            assertTrue(opened.record.labs(0u, 50u).labs.isNotEmpty())
        }
    },
    "rolled-back" to { scenario ->
        scenario.withRecord { opened ->
            assertEquals(AnchorCheck.NotChecked, opened.vault.checkAnchor(null))
            val (old, before) = opened.copyTo("old") to opened.vault.anchor()
            assertEquals(AnchorCheck.Same, opened.vault.checkAnchor(before))
            opened.vault.importRecord(scenario.request())
            val now = opened.vault.anchor()
            assertEquals(AnchorCheck.Ahead, opened.vault.checkAnchor(before))
            opened.vault.lock()
            old.copyTo(opened.path, overwrite = true)
            opened.unlock()
            val check = opened.vault.checkAnchor(now) as AnchorCheck.RolledBack
            assertTrue(check.file <= check.kept)
            assertTrue(opened.record.labs(0u, 50u).labs.isNotEmpty())
        }
    },
    "delete" to { scenario ->
        scenario.withRecord { opened ->
            val (hospital, other) = scenario.fact("hospital") to scenario.fact("other")
            assertThrows<MyKarteException.NoSuchRecord> { opened.vault.deletePerson("9999999", hospital) }
            // The same number elsewhere: another person's, as far as anybody knows.
            opened.vault.importRecord(scenario.request().copy(hospitalId = other))
            assertEquals(1u, opened.vault.deletePerson(scenario.patient, hospital))
            assertEquals(listOf<String?>(other), opened.vault.records().map { it.hospitalId })
            assertThrows<MyKarteException.NoSuchRecord> { opened.vault.deletePerson(scenario.patient, hospital) }
            assertEquals(1u, opened.vault.deletePerson(scenario.patient, " $other "))
            assertEquals(emptyList<RecordInfo>(), opened.vault.records())
            assertThrows<MyKarteException.NoSuchRecord> { opened.record.summary() }
            assertFalse(opened.vault.eraseLeftovers())
        }
    },
    "open-and-lock" to { scenario ->
        scenario.withRecord { opened ->
            val secret = SecretBytes.make()
            opened.vault.setBiometricSecret(secret)
            // The heap is of one size from the beginning (pom.xml): what grows is outside it.
            fun cycles(number: Int) = repeat(number) {
                opened.vault.lock()
                opened.vault.unlockWithBiometricSecret(secret)
                opened.record.summary()
            }
            cycles(scenario.fact("cycles").toInt() / 2)
            val half = residentKib()
            cycles(scenario.fact("cycles").toInt() / 2)
            val more = residentKib() - half
            println("open and lock: $half KiB after half of the cycles, $more KiB more at the end")
            // A summary left behind each time would be far more.
            assertTrue(more < 4_096, "$more KiB more")
        }
    },
    "moved" to { scenario ->
        val exchange = Files.createDirectories(Scenario.work.resolve("exchange"))
        val own = exchange.resolve("kotlin.mykarte-vault")
        scenario.withRecord { opened ->
            passcode(scenario.fact("passcode")).use { code -> deviceSecret().use { opened.vault.changePasscode(code, it) } }
            opened.vault.lock()
            opened.path.copyTo(own, overwrite = true)
        }
        // The other language's, once its suite has run.
        val files = listOf(own, exchange.resolve("swift.mykarte-vault")).filter { it.exists() }
        for (path in files) {
            Vault.open(path.toString()).use { vault ->
                passcode(scenario.fact("passcode")).use { code -> deviceSecret().use { vault.unlock(code, it) } }
                assertEquals(scenario.fact("name"), vault.records().single().patientName)
            }
        }
        println("moved: opened ${files.map { it.fileName }}")
    },
)

private fun residentKib(): Long =
    java.nio.file.Path.of("/proc/self/status").readText().lines().first { it.startsWith("VmRSS") }.filter { it.isDigit() }.toLong()
