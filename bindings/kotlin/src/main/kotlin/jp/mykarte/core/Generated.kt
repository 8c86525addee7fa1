package jp.mykarte.core

// What the generated code calls (bindings/uniffi-bindgen/src/kotlin.rs).

/** Lowers an argument; where that fails, gives back those that were lowered before: nobody else knows of them. */
internal inline fun <T> orGiveBack(vararg lowered: Any?, lower: () -> T): T = try {
    lower()
} catch (refused: Throwable) {
    lowered.forEach { if (it is RustBuffer.ByValue) RustBuffer.free(it) }
    throw refused
}

/** The message of an exception, in the library's own words. Asked for where it is read: most are never. */
internal fun textOf(error: MyKarteException): String =
    runCatching { errorText(error) }.getOrElse { error.javaClass.simpleName }
