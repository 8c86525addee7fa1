package jp.mykarte.core

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.assertThrows
import java.time.Instant
import kotlin.io.path.copyTo

internal val packages: Map<String, (Scenario) -> Unit> = mapOf(
    "receive" to { scenario ->
        scenario.withEnrolled { phone ->
            val first = receiveTheFirst(scenario, phone)
            val again = phone.receive("first.mykarte")
            assertTrue(again.wasThere && again.gone.isEmpty())
            assertEquals(first.record, again.record)
            val second = phone.receive("second.mykarte")
            assertEquals(scenario.fact("gone"), second.gone.joinToString { "${it.section}/${it.why}/${it.entries}".lowercase() })
            assertEquals(first.record.id to 2uL, second.record.id to second.record.generation)
            revoke(scenario, phone, second)
        }
    },
    "refused-packages" to { scenario ->
        scenario.withEnrolled { phone ->
            phone.receive("first.mykarte", confirmed = true)
            refuseBytes(scenario, phone)
            refuseKeys(scenario, phone)
            setAsideAnother(scenario, phone)
            refuseOlder(scenario, phone)
            for (error in phone.said) {
                val text = "${error.stackTraceToString()} ${errorText(error)}"
                for (hidden in scenario.fact("hidden").split(',') + scenario.patient) assertFalse(hidden in text, text)
            }
        }
        scenario.inFolder { folder ->
            val made = passcode().use { code -> deviceSecret().use { createVault("$folder/v", code, it) } }
            made.vault.use { vault ->
                fun refused() = assertThrows<MyKarteException.PackageRefused> { vault.receive(scenario.bytes("first.mykarte")) }
                assertEquals(PackageProblem.OTHER_DEVICE, refused().problem)
                vault.enrol(scenario.bytes("hospital.mykarte-list"), scenario.rootKey)
                assertEquals(PackageProblem.OTHER_DEVICE, refused().problem)
            }
        }
    },
    "verify-package" to { scenario ->
        scenario.withEnrolled { phone ->
            val (first, list) = scenario.bytes("first.mykarte") to scenario.bytes("hospital.mykarte-list")
            val outside = inspectPackage(first)
            assertEquals(phone.enrolment().id, outside.enrolmentId)
            assertEquals(PackageNumber(1u, 1uL) to scenario.fact("length").toULong(), outside.number to outside.length)
            assertEquals(outside, verifyPackage(first, list, scenario.rootKey))
            val damaged = first.flipped(first.size / 2)
            assertEquals(outside, inspectPackage(damaged))
            phone.refused(PackageProblem.SIGNATURE_INVALID) { verifyPackage(damaged, list, scenario.rootKey) }
            val revoked = scenario.bytes("revoked.mykarte-list")
            phone.refused(PackageProblem.KEY_COMPROMISED) { verifyPackage(first, revoked, scenario.rootKey) }
            phone.refused(PackageProblem.NOT_A_PACKAGE) { inspectPackage(list) }
        }
    },
    "enrol" to { scenario ->
        scenario.inFolder { folder -> enrolANewVault(scenario, "$folder/v") }
        scenario.withEnrolled { phone -> lockWhileItWaits(scenario, phone) }
        scenario.withEnrolled { phone -> dieWhileItWaits(scenario, phone) }
    },
)

private fun receiveTheFirst(scenario: Scenario, phone: Enrolled): Received {
    val (vault, offered) = phone.vault to phone.enrolment().publicKey
    val received = vault.receive(scenario.bytes("first.mykarte")).use { arrival ->
        val arriving = arrival.look()
        assertEquals(scenario.fact("name") to scenario.patient, arriving.name to arriving.patientId)
        assertTrue(arriving.needsConfirmation)
        assertThrows<MyKarteException.NotConfirmed> { arrival.accept(false) }
        assertEquals(emptyList<RecordInfo>(), vault.records())
        val received = arrival.accept(true)
        phone.refused(PackageProblem.STALE) { arrival.accept(true) }
        received
    }
    assertEquals(listOf(received.record), vault.records())
    assertFalse(received.wasThere)
    val source = phone.provenance(received) as Provenance.Confirmed
    assertEquals(scenario.fact("hospital"), source.hospitalId)
    assertEquals(Instant.ofEpochSecond(scenario.fact("issued").toLong()), source.issuedAt)
    assertEquals(emptyList<String>(), vault.record(received.record.id).use { it.changedSinceSigned() })
    val enrolment = phone.enrolment()
    assertEquals(received.record.id to source.number, enrolment.recordId to enrolment.last)
    assertNotEquals(offered, enrolment.publicKey)
    return received
}

private fun revoke(scenario: Scenario, phone: Enrolled, received: Received) {
    val vault = phone.vault
    assertEquals(1u, vault.updateKeyList(scenario.bytes("revoked.mykarte-list")))
    assertEquals(Provenance.Unconfirmed(UnconfirmedReason.KEY_COMPROMISED), phone.provenance(received))
    vault.record(received.record.id).use { record ->
        assertNull(record.changedSinceSigned())
        assertEquals(scenario.fact("name"), record.summary().name)
        assertTrue(record.labs(0u, 50u).labs.isNotEmpty())
    }
    // Older, and the very same as held: the key is asked about before either.
    for (name in listOf("first.mykarte", "second.mykarte")) {
        phone.refused(PackageProblem.KEY_COMPROMISED) { phone.receive(name) }
    }
}

private fun refuseBytes(scenario: Scenario, phone: Enrolled) {
    val whole = scenario.bytes("second.mykarte")
    val jpeg = byteArrayOf(-1, -40, -1, -32) + ByteArray(4_000)
    val all = listOf(
        // Of the hospital, the ciphertext and the signature; an enrolment that nobody knows is found before them.
        PackageProblem.SIGNATURE_INVALID to listOf(140, 196, whole.size / 2, whole.size - 1).map(whole::flipped),
        PackageProblem.OTHER_HOSPITAL to listOf(whole.flipped(16)),
        PackageProblem.OTHER_DEVICE to listOf(whole.flipped(48)),
        PackageProblem.INCOMPLETE to listOf(whole.copyOf(whole.size - 1), whole.copyOf(100), whole + 0),
        PackageProblem.NOT_A_PACKAGE to listOf(jpeg, ByteArray(0), scenario.bytes("hospital.mykarte-list")),
    )
    for ((problem, files) in all) for (file in files) phone.refused(problem) { phone.vault.receive(file) }
}

private fun refuseKeys(scenario: Scenario, phone: Enrolled) {
    val (vault, list, root) = Triple(phone.vault, scenario.bytes("hospital.mykarte-list"), scenario.rootKey)
    val other = (if (root.first() == 'A') "B" else "A") + root.drop(1)
    phone.refused(PackageProblem.OTHER_ROOT_KEY) { vault.enrol(list, other) }
    for (typed in listOf("", root.dropLast(1), "見本")) phone.refused(PackageProblem.NOT_A_KEY) { vault.enrol(list, typed) }
    phone.refused(PackageProblem.NOT_A_KEY) { vault.enrol(scenario.bytes("first.mykarte"), root) }
    phone.refused(PackageProblem.SIGNATURE_INVALID) { vault.enrol(list.flipped(list.size - 1), root) }
    phone.refused(PackageProblem.SIGNATURE_INVALID) { vault.updateKeyList(list.flipped(list.size - 1)) }
}

private fun setAsideAnother(scenario: Scenario, phone: Enrolled) {
    val (records, held) = phone.vault.records() to phone.enrolment()
    val noted = SetAside(Instant.ofEpochSecond(scenario.fact("other").toLong()), PersonDifference.BIRTH_DATE)
    repeat(2) {
        val error = assertThrows<MyKarteException.OtherPerson> { phone.receive("other-person.mykarte") }
        assertEquals(PersonDifference.BIRTH_DATE, error.differs)
        phone.said += error
        assertEquals(held.copy(setAside = listOf(noted)), phone.enrolment())
    }
    assertEquals(records, phone.vault.records())
}

private fun refuseOlder(scenario: Scenario, phone: Enrolled) {
    val vault = phone.vault
    phone.receive("second.mykarte")
    val before = vault.anchor()
    val older = assertThrows<MyKarteException.OlderPackage> { phone.receive("first.mykarte") }
    val dates = listOf("older", "held").map { Instant.ofEpochSecond(scenario.fact(it).toLong()) }
    assertEquals(dates, listOf(older.offered, older.held))
    assertEquals(AnchorCheck.Same, vault.checkAnchor(before))
    phone.said += older
    assertEquals(1u, vault.updateKeyList(scenario.bytes("revoked.mykarte-list")))
    phone.refused(PackageProblem.OLDER_KEY_LIST) { vault.updateKeyList(scenario.bytes("hospital.mykarte-list")) }
    assertEquals(0u, vault.updateKeyList(scenario.bytes("revoked.mykarte-list")))
}

private fun enrolANewVault(scenario: Scenario, path: String) {
    val (list, root) = scenario.bytes("hospital.mykarte-list") to scenario.rootKey
    val made = passcode().use { code -> deviceSecret().use { createVault(path, code, it) } }
    made.vault.use { vault ->
        val enrolment = vault.enrol(list, root)
        assertEquals(scenario.fact("hospital"), enrolment.hospitalId)
        assertTrue(enrolment.last == null && enrolment.recordId == null && enrolment.setAside.isEmpty())
        vault.lock()
        passcode().use { code -> deviceSecret().use { vault.unlock(code, it) } }
        assertEquals(listOf(enrolment), vault.enrolments())
        assertEquals(emptyList<RecordInfo>(), vault.records())
        val typed = vault.enrol(list, " ${root.lowercase().replace('-', ' ')}\n")
        assertNotEquals(enrolment.publicKey, typed.publicKey)
        assertEquals(2u, vault.updateKeyList(scenario.bytes("revoked.mykarte-list")))
        assertEquals(setOf(enrolment, typed), vault.enrolments().toSet())
        vault.endEnrolment(enrolment.id)
        assertEquals(listOf(typed), vault.enrolments())
        for (id in listOf(enrolment.id, "")) assertThrows<MyKarteException.NoSuchRecord> { vault.endEnrolment(id) }
        vault.endEnrolment(typed.id)
        val none = assertThrows<MyKarteException.PackageRefused> { vault.updateKeyList(list) }
        assertEquals(PackageProblem.OTHER_HOSPITAL, none.problem)
    }
}

private fun lockWhileItWaits(scenario: Scenario, phone: Enrolled) {
    val offered = phone.enrolment()
    val waiting = phone.vault.receive(scenario.bytes("first.mykarte"))
    fun locked() {
        assertThrows<MyKarteException.Locked> { waiting.look() }
        assertThrows<MyKarteException.Locked> { waiting.accept(true) }
    }
    phone.vault.lock()
    locked()
    phone.unlock()
    locked()
    // The new one has the same place in the new unlocking: letting go of the old one does not touch it.
    phone.vault.receive(scenario.bytes("first.mykarte")).use { again ->
        waiting.close()
        assertEquals(offered, phone.enrolment())
        assertEquals(scenario.fact("name"), again.look().name)
        assertEquals(scenario.fact("name"), again.accept(true).record.patientName)
    }
}

private fun dieWhileItWaits(scenario: Scenario, phone: Enrolled) {
    val offered = phone.enrolment()
    val waiting = phone.vault.receive(scenario.bytes("first.mykarte"))
    val left = phone.path.copyTo(phone.path.resolveSibling("left"))
    phone.vault.close()
    assertThrows<MyKarteException.Locked> { waiting.use { it.accept(true) } }
    Vault.open(left.toString()).use { vault ->
        phone.unlock(vault)
        assertEquals(listOf(offered), vault.enrolments())
        val received = vault.receive(scenario.bytes("first.mykarte")).use { it.accept(true) }
        assertEquals(listOf(received.record), vault.records())
    }
}
