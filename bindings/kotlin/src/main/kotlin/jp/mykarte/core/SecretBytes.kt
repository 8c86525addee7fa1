package jp.mykarte.core

import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.nio.charset.CodingErrorAction
import java.security.SecureRandom

/**
 * A passcode or a secret outside the Java heap, where no garbage collector leaves copies of it. [close] wipes it; a call
 * with it then throws [MyKarteException.WipedSecret].
 *
 *     SecretBytes.of(typed).use { passcode -> vault.unlock(passcode, secret) }
 */
class SecretBytes private constructor(private val buffer: ByteBuffer) : AutoCloseable {
    @Volatile
    private var closed = false

    /** For a call of the library, which takes it from the beginning. */
    internal val bytes: ByteBuffer
        get() = if (closed) throw MyKarteException.WipedSecret() else buffer.duplicate().rewind()

    /**
     * For the platform's keystore, which keeps a secret that was made here. The array is wiped afterwards: keep neither
     * it nor a copy.
     */
    fun <R> withBytes(use: (ByteArray) -> R): R {
        val copy = bytes.let { bytes -> ByteArray(bytes.remaining()).also(bytes::get) }
        try {
            return use(copy)
        } finally {
            copy.fill(0)
        }
    }

    /** Wipes all of the memory, also behind the text. */
    override fun close() {
        closed = true
        val all = buffer.duplicate().clear()
        while (all.hasRemaining()) all.put(0)
    }

    override fun toString() = "SecretBytes([redacted])"

    companion object {
        /** 32 random bytes for the platform to keep: an installation secret or a biometric secret, never one for both. */
        fun make(): SecretBytes = of(ByteArray(32).also(SecureRandom()::nextBytes))

        /** The text as UTF-8. Wipes `text`. */
        fun of(text: CharArray): SecretBytes {
            val encoder = Charsets.UTF_8.newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE)
            val room = ByteBuffer.allocateDirect(Math.ceil(encoder.maxBytesPerChar().toDouble() * text.size).toInt())
            encoder.encode(CharBuffer.wrap(text), room, true)
            encoder.flush(room)
            text.fill('\u0000')
            room.flip()
            return SecretBytes(room)
        }

        /** The bytes as the platform's keystore gave them. Wipes `bytes`. */
        fun of(bytes: ByteArray): SecretBytes {
            val room = ByteBuffer.allocateDirect(bytes.size).put(bytes)
            bytes.fill(0)
            room.flip()
            return SecretBytes(room)
        }
    }
}
