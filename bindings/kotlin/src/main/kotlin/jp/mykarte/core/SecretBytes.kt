package jp.mykarte.core

import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.nio.charset.CodingErrorAction

/**
 * A passcode or a secret outside the Java heap, where no garbage collector leaves copies of it. [close] wipes it.
 *
 *     SecretBytes.of(typed).use { passcode -> vault.unlock(passcode.bytes, secret.bytes) }
 */
class SecretBytes private constructor(private val buffer: ByteBuffer) : AutoCloseable {
    private var closed = false

    /** For a call of the vault: always from the beginning, since the library takes a buffer's first byte. */
    val bytes: ByteBuffer
        get() {
            check(!closed) { "the secret is wiped" }
            return buffer.duplicate().rewind()
        }

    /** Wipes all of the memory, also behind the text. */
    override fun close() {
        closed = true
        val all = buffer.duplicate().clear()
        while (all.hasRemaining()) all.put(0)
    }

    override fun toString() = "SecretBytes([redacted])"

    companion object {
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

        /** The bytes as the platform's keystore gave them. Wipes `bytes`: a new secret is given to the keystore before. */
        fun of(bytes: ByteArray): SecretBytes {
            val room = ByteBuffer.allocateDirect(bytes.size).put(bytes)
            bytes.fill(0)
            room.flip()
            return SecretBytes(room)
        }
    }
}
