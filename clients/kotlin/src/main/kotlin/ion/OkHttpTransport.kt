package ion

import java.io.IOException
import java.util.concurrent.Executors
import kotlin.coroutines.resumeWithException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.trySendBlocking
import kotlinx.coroutines.suspendCancellableCoroutine
import okhttp3.Call
import okhttp3.Callback
import okhttp3.Dispatcher
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.Response
import okhttp3.WebSocket
import okhttp3.WebSocketListener

/** OkHttp, from 3.12 on; the [client] given keeps no program alive that has nothing else to do. */
class OkHttpTransport(private val client: OkHttpClient = onDaemons()) : Transport {
    override suspend fun open(url: String, protocol: String): Socket {
        val request = Request.Builder().url(url).header("Sec-WebSocket-Protocol", protocol).build()
        val line = Line()
        line.socket = client.newWebSocket(request, line)
        try {
            line.opened.await()
        } catch (error: CancellationException) {
            line.cancel()
            throw error
        }
        return line
    }

    override suspend fun post(url: String, json: String): Reply = suspendCancellableCoroutine { waiting ->
        val call = client.newCall(Request.Builder().url(url).post(OkHttpAccess.json(json)).build())
        waiting.invokeOnCancellation { call.cancel() }
        call.enqueue(object : Callback {
            override fun onFailure(call: Call, e: IOException) = waiting.resumeWithException(e)

            override fun onResponse(call: Call, response: Response) {
                val reply = runCatching { Reply(OkHttpAccess.status(response), OkHttpAccess.text(response)) }
                waiting.resumeWith(reply)
            }
        })
    }
}

private fun onDaemons(): OkHttpClient {
    val threads = Executors.newCachedThreadPool { Thread(it, "ion").apply { isDaemon = true } }
    return OkHttpClient.Builder().dispatcher(Dispatcher(threads)).build()
}

private val CLOSE_CODES = mapOf(401 to 4401, 403 to 4403, 429 to 4429, 503 to 1013)
private const val BROKEN = 1006
private const val NORMAL = 1000

// What the reader has not taken yet; then OkHttp reads no more, and TCP slows the server down.
private const val MOST_WAITING = 64

private class Line : WebSocketListener(), Socket {
    val opened = CompletableDeferred<Unit>()
    lateinit var socket: WebSocket
    override val incoming = Channel<String>(MOST_WAITING)

    override fun send(text: String): Boolean = socket.send(text)

    override fun close() {
        socket.close(NORMAL, null)
        incoming.cancel()
    }

    override fun cancel() {
        socket.cancel()
        incoming.cancel()
    }

    override fun onOpen(webSocket: WebSocket, response: Response) {
        socket = webSocket
        opened.complete(Unit)
    }

    override fun onMessage(webSocket: WebSocket, text: String) {
        incoming.trySendBlocking(text)
    }

    override fun onClosing(webSocket: WebSocket, code: Int, reason: String) {
        webSocket.close(NORMAL, null)
        end(SocketClosed(code))
    }

    override fun onFailure(webSocket: WebSocket, t: Throwable, response: Response?) {
        val code = response?.let { CLOSE_CODES[OkHttpAccess.status(it)] } ?: BROKEN
        end(SocketClosed(code, t))
    }

    private fun end(error: SocketClosed) {
        opened.completeExceptionally(error)
        incoming.close(error)
    }
}
