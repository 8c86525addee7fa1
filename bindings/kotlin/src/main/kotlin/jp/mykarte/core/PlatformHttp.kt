package jp.mykarte.core

import java.io.ByteArrayInputStream
import java.io.IOException
import java.io.InputStream
import java.net.ConnectException
import java.net.HttpURLConnection
import java.net.NoRouteToHostException
import java.net.SocketTimeoutException
import java.net.URI
import java.net.UnknownHostException
import java.time.Duration
import javax.net.ssl.SSLHandshakeException
import javax.net.ssl.SSLPeerUnverifiedException

/**
 * The platform's HTTP for downloads, on the JVM and on Android: certificates, authorities and proxies are the device's. An app
 * that sets a `CookieHandler` for all of its connections needs a client of its own: this one would send its cookies.
 */
class PlatformHttp(private val silence: Duration = Duration.ofSeconds(30)) : HttpClient {
    override fun call(call: HttpCall): HttpResponse = saying {
        val connection = URI(call.url).toURL().openConnection() as HttpURLConnection
        connection.requestMethod = call.method.name
        connection.connectTimeout = silence.toMillis().toInt()
        connection.readTimeout = silence.toMillis().toInt()
        // The token would go along.
        connection.instanceFollowRedirects = false
        connection.useCaches = false
        // Android asks for gzip by itself, and unpacks.
        connection.setRequestProperty("Accept-Encoding", "identity")
        call.headers.forEach { connection.setRequestProperty(it.name, it.value) }
        if (call.body.isNotEmpty()) {
            connection.doOutput = true
            connection.outputStream.use { it.write(call.body) }
        }
        val status = connection.responseCode
        // Not even a status line.
        if (status < 0) throw HttpFailure.Broken()
        // The status line comes as a header without a name.
        val named = connection.headerFields.orEmpty().filterKeys { it != null }
        val headers = named.flatMap { (name, values) -> values.map { HttpHeader(name, it) } }
        val stream = if (status < 400) connection.inputStream else connection.errorStream ?: ByteArrayInputStream(ByteArray(0))
        HttpResponse(status.toUShort(), headers, Body(connection, stream))
    }

    private class Body(private val connection: HttpURLConnection, private val stream: InputStream) : HttpBody {
        private var isWhole = false

        override fun read(most: UInt): ByteArray = saying {
            val piece = ByteArray(most.toInt())
            val came = stream.read(piece)
            isWhole = came < 0
            piece.copyOf(maxOf(came, 0))
        }

        /** A connection that was read to its end is good for the next call. */
        override fun finish() = if (isWhole) stream.close() else connection.disconnect()
    }
}

/** What the platform throws, in the words of the library. */
private inline fun <T> saying(work: () -> T): T = try {
    work()
} catch (failed: IOException) {
    throw when (failed) {
        is SocketTimeoutException -> HttpFailure.TimedOut()
        is SSLHandshakeException, is SSLPeerUnverifiedException -> HttpFailure.Untrusted()
        is ConnectException, is NoRouteToHostException, is UnknownHostException -> HttpFailure.Unreachable()
        else -> HttpFailure.Broken()
    }
}
