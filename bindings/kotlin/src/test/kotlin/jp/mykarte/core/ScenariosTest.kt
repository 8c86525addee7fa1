package jp.mykarte.core

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Every line of the table is a test, here as in Swift. */
class ScenariosTest {
    private val known: Map<String, (Scenario) -> Unit> = importing + reading + vaults + failures + packages + downloads

    @Test
    fun `the table and this suite name the same scenarios`() =
        assertEquals(Scenario.all.map { it.name }.toSortedSet(), known.keys.toSortedSet())

    @TestFactory
    fun scenarios(): List<DynamicTest> =
        Scenario.all.map { scenario -> DynamicTest.dynamicTest(scenario.name) { run(scenario) } }

    /** With the scenario's name, which the report would leave out. */
    private fun run(scenario: Scenario) = try {
        known.getValue(scenario.name)(scenario)
    } catch (failure: Throwable) {
        throw AssertionError("${scenario.name}: $failure", failure)
    }
}
