package jp.mykarte.core

import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test

/** Prints, judges nothing: `bindings/bench` runs it beside Swift and Rust. */
@Tag("bench")
class SpeedTest {
    @Test
    fun `pages of laboratory results`() {
        Scenario.all.first { it.name == "ten-thousand-labs" }.withRecord { opened ->
            // The JVM compiles what it has run for a while; a user's first page is slower.
            val first = median(1) { opened.record.labs(12_000u, 50u) }
            repeat(200) { opened.record.labs(12_000u, 50u) }
            val page = median(100) { opened.record.labs(12_000u, 50u) }
            repeat(10) { opened.record.labs(0u, 5_000u) }
            val many = median(20) { opened.record.labs(0u, 5_000u) }
            println("  kotlin  a page of 50 %6.2f ms  (<= 3)    5,000 labs %6.1f ms  (<= 60)   the very first page %.1f ms".format(page, many, first))
        }
    }

    private fun median(rounds: Int, call: () -> Any): Double {
        val times = List(rounds) {
            val start = System.nanoTime()
            call()
            (System.nanoTime() - start) / 1e6
        }
        return times.sorted()[rounds / 2]
    }
}
