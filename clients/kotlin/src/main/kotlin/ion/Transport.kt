package ion

import kotlinx.coroutines.channels.ReceiveChannel

/** How the client reaches the server: [OkHttpTransport], or another one. */
interface Transport {
    /**
     * Return an open WebSocket.
     *
     * Throws [SocketClosed] with the code that an HTTP refusal stands for, or IOException.
     */
    suspend fun open(url: String, protocol: String): Socket

    /** Post JSON and return status and body; throws IOException. */
    suspend fun post(url: String, json: String): Reply
}

/** An HTTP answer. */
data class Reply(val status: Int, val body: String)

/** An open WebSocket. */
interface Socket {
    /** Text frames in order; ends with [SocketClosed] when the socket does. */
    val incoming: ReceiveChannel<String>

    /** Hand a text frame over; false when the socket takes no more. */
    fun send(text: String): Boolean

    /** Say goodbye, without waiting for an answer. */
    fun close()

    /** Drop the socket at once: on a dead network a goodbye would take minutes. */
    fun cancel()
}

/** A WebSocket ended with a close [code]; 1006 when it broke. */
class SocketClosed(val code: Int, cause: Throwable? = null) : Exception("closed with $code", cause)
