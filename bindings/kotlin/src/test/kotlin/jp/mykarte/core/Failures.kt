package jp.mykarte.core

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.assertThrows
import java.nio.ByteBuffer
import java.nio.file.Files
import kotlin.io.path.readBytes
import kotlin.io.path.writeBytes
import kotlin.io.path.writeText

internal val failures: Map<String, (Scenario) -> Unit> = mapOf(
    "wrong-passcode" to { scenario ->
        scenario.withRecord { opened ->
            opened.vault.lock()
            // A slip of the finger is no try.
            assertThrows<MyKarteException.InvalidArgument> { opened.unlock("") }
            assertEquals(0u, opened.vault.look().tries)
            var tries = 0u
            var delayed = false
            while (!delayed) {
                val error = assertThrows<MyKarteException.WrongPasscode> { opened.unlock("まちがい $tries") }
                tries += 1u
                assertEquals(tries, error.tries)
                assertEquals("wrong passcode ($tries wrong so far)", error.message)
                delayed = !error.retryAfter.isZero
            }
            assertTrue(tries > scenario.fact("free").toUInt(), "$tries tries were free")
            val refused = assertThrows<MyKarteException.TooManyTries> { opened.unlock() }
            assertTrue(!refused.retryAfter.isZero && refused.tries == tries)
            assertEquals(tries, opened.vault.look().tries)
            SecretBytes.of(opened.recoveryCode.dangerousText().toCharArray()).use { opened.vault.unlockWithRecoveryCode(it) }
            assertEquals(0u, opened.vault.look().tries)
        }
    },
    "damaged" to { scenario ->
        scenario.withRecord { opened ->
            opened.vault.lock()
            val whole = opened.path.readBytes()
            for (cut in listOf(0, 1, 4096, whole.size / 2)) {
                val path = opened.path.resolveSibling("cut-$cut")
                path.writeBytes(whole.copyOf(cut))
                val error = assertThrows<MyKarteException> { Vault.open(path.toString()) }
                assertTrue(error is MyKarteException.Corrupt || error is MyKarteException.NotAVault, "$error")
                assertEquals(cut, path.readBytes().size)
            }
            // Bits in the middle of the file: whatever was hit, no entry is shown that was not stored.
            val path = opened.path.resolveSibling("flipped")
            val flipped = whole.copyOf().also { for (at in it.size / 3 until it.size step 997) it[at] = (it[at].toInt() xor 1).toByte() }
            path.writeBytes(flipped)
            val shown = runCatching {
                Vault.open(path.toString()).use { vault ->
                    // The one way that counts no try: nothing at all is written.
                    SecretBytes.of(opened.recoveryCode.dangerousText().toCharArray()).use { vault.unlockWithRecoveryCode(it) }
                    vault.record(vault.records().single().id).use { record -> RecordSection.entries.map { record.page(it, 0u, 500u).ids } }
                }
            }
            opened.unlock()
            val stored = RecordSection.entries.map { opened.record.page(it, 0u, 500u).ids }
            shown.onSuccess { pages -> pages.zip(stored).forEach { (some, all) -> assertTrue(all.containsAll(some)) } }
            shown.onFailure { assertTrue(it is MyKarteException.Corrupt, "$it") }
            assertTrue(path.readBytes().contentEquals(flipped))
        }
    },
    "bad-input" to {
        val folder = Files.createTempDirectory("mykarte")
        val path = folder.resolve("v").toString()
        fun make() = passcode().use { code -> deviceSecret().use { createVault(path, code, it) } }
        assertThrows<MyKarteException.NoVault> { Vault.open(path) }
        folder.resolve("text").writeText("これは保管庫ではありません")
        assertThrows<MyKarteException.NotAVault> { Vault.open(folder.resolve("text").toString()) }
        for ((code, weakness) in listOf("12345" to PasscodeWeakness.TOO_SHORT, "password" to PasscodeWeakness.TOO_COMMON)) {
            val error = assertThrows<MyKarteException.WeakPasscode> {
                passcode(code).use { weak -> deviceSecret().use { createVault(path, weak, it) } }
            }
            assertEquals(weakness, error.weakness)
        }
        make().vault.use { vault ->
            fun import(storage: String, patient: String, profile: String? = null) =
                vault.importRecord(ImportRequest(listOf(storage), patient, profile = profile))
            val demo = Scenario.repo.resolve("fixtures/demo").toString()
            val missing = assertThrows<MyKarteException.UnreadableInput> { import(folder.resolve("none").toString(), "1") }
            assertEquals(InputProblem.NOT_FOUND, missing.problem)
            val file = assertThrows<MyKarteException.UnreadableInput> { import(folder.resolve("text").toString(), "1") }
            assertEquals(InputProblem.NOT_A_FOLDER, file.problem)
            assertThrows<MyKarteException.NoSuchPatient> { import(demo, "7654321") }
            val profile = assertThrows<MyKarteException.ProfileRefused> { import(demo, "0000311", "{\n \"labz\": 1 }") }
            assertTrue(profile.errors > 0u && profile.line > 0u)
            assertThrows<MyKarteException.NoSuchRecord> { vault.record("not an id") }
            fun refused(request: ImportRequest) = assertThrows<MyKarteException.InvalidArgument> { vault.importRecord(request) }.argument
            val request = ImportRequest(listOf(demo), "0000311")
            assertEquals("hospitalId", refused(request.copy(hospitalId = " ")))
            assertEquals("hospitalName", refused(request.copy(hospitalName = "見本病院")))
            assertEquals("storages", refused(request.copy(storages = emptyList())))
            assertFalse(Files.exists(folder.resolve("v")))
            import(demo, "0000311")
            assertThrows<MyKarteException.AlreadyExists> { make() }
            vault.record(vault.records().single().id).use { record ->
                assertThrows<MyKarteException.InvalidArgument> { record.search(" 　", emptyList(), 5u) }
                val day = Timestamp(2024, 13u, 1u, null, null, null)
                assertThrows<MyKarteException.InvalidArgument> { record.timeline(0u, 5u, day) }
                val (march, may) = Timestamp(2024, 3u, null, null, null, null) to Timestamp(2024, 5u, 1u, null, null, null)
                assertThrows<MyKarteException.InvalidArgument> { record.timeline(0u, 5u, may, march) }
                // Within the month.
                record.timeline(0u, 5u, Timestamp(2024, 3u, 9u, null, null, null), march)
            }
        }
        folder.toFile().deleteRecursively()
    },
    "secrets" to { scenario ->
        scenario.withRecord { opened ->
            val code = opened.recoveryCode.dangerousText()
            val printed = mutableListOf<Any?>(opened.vault, opened.record, opened.recoveryCode, opened.outcome, opened.vault.keys())
            printed.addAll(listOf(passcode(), deviceSecret(), opened.vault.look(), opened.vault.records()))
            opened.vault.lock()
            for (typed in listOf(code.dropLast(1), PASSCODE, "AAAAA-AAAAA")) {
                printed.add(runCatching { SecretBytes.of(typed.toCharArray()).use { opened.vault.unlockWithRecoveryCode(it) } }.exceptionOrNull())
            }
            printed.add(runCatching { opened.unlock("$PASSCODE!") }.exceptionOrNull())
            printed.add(runCatching { passcode().use { opened.vault.unlock(it, it) } }.exceptionOrNull())
            for (value in printed) {
                val text = if (value is Throwable) value.stackTraceToString() else value.toString()
                for (secret in listOf(PASSCODE, "避難所", "shelter", code, code.take(11), "7, 7, 7, 7", "07070707")) {
                    assertFalse(secret in text, "${value?.javaClass} prints a secret")
                }
            }
            assertEquals("SecretBytes([redacted])", passcode().toString())
            val wiped = passcode()
            val bytes: ByteBuffer = wiped.bytes
            wiped.close()
            assertThrows<MyKarteException.WipedSecret> { wiped.withBytes { } }
            assertTrue((0 until bytes.limit()).all { bytes.get(it) == 0.toByte() })
        }
    },
    "refused-secrets" to { scenario ->
        scenario.withRecord { opened ->
            for (length in scenario.fact("lengths").split(',').map { it.toInt() }) {
                val code = "abcdefghijklmnopqrstuvwxyz".take(length)
                passcode(code).use { new -> deviceSecret().use { opened.vault.changePasscode(new, it) } }
                opened.vault.lock()
                val wiped = passcode(code).also { it.close() }
                deviceSecret().use { assertThrows<MyKarteException.WipedSecret> { opened.vault.unlock(wiped, it) } }
                assertEquals(0u to VaultState.LOCKED, opened.vault.look().tries to opened.vault.state())
                opened.unlock(code)
            }
        }
    },
    "refused-calls" to { scenario ->
        scenario.withRecord { opened ->
            val vault = opened.vault
            val half = "\uD83D"
            val torn = listOf<() -> Any?>(
                { vault.record(half) }, { vault.copy(half) }, { vault.deleteRecord(half) }, { vault.deletePerson("1", half) },
                { vault.importRecord(ImportRequest(listOf(half), "1")) }, { opened.record.search(half, emptyList(), 5u) },
                { Vault.open(half) }, { codeLabel("HL70001", half, Language.JA) },
            )
            for (call in torn) assertEquals("text", assertThrows<MyKarteException.InvalidArgument> { call() }.argument)
            val cancellation = Cancellation().also { it.close() }
            assertThrows<MyKarteException.Closed> { vault.importRecord(scenario.request(), null, cancellation) }
            assertThrows<MyKarteException.Closed> { cancellation.cancel() }
            val wiped = passcode().also { it.close() }
            assertThrows<MyKarteException.WipedSecret> { deviceSecret().use { vault.rekey(wiped, it) } }
            vault.close()
            val closed = assertThrows<MyKarteException.Closed> { vault.records() }
            assertEquals("closed", closed.message)
            // Nothing holds the file: no refused call has left its object behind.
            Vault.open(opened.path.toString()).use { again ->
                passcode().use { code -> deviceSecret().use { again.unlock(code, it) } }
                assertEquals(1, again.records().size)
            }
        }
    },
)
