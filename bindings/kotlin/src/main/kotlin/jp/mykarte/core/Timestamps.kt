package jp.mykarte.core

import java.time.LocalDate
import java.time.LocalDateTime

/** The day, where one was sent: a month stays a month. */
fun Timestamp.toLocalDate(): LocalDate? {
    val (month, day) = Pair(month ?: return null, day ?: return null)
    return LocalDate.of(year, month.toInt(), day.toInt())
}

/** The moment in Japanese local time, where at least the hour was sent. */
fun Timestamp.toLocalDateTime(): LocalDateTime? {
    val (day, hour) = Pair(toLocalDate() ?: return null, hour ?: return null)
    return day.atTime(hour.toInt(), minute?.toInt() ?: 0, second?.toInt() ?: 0)
}
