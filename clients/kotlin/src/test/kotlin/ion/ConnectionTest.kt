package ion

import java.io.IOException
import kotlin.random.Random
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancel
import kotlinx.coroutines.channels.Channel as Signal
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Test

private const val WELCOME = """{
    "type": "welcome", "connection_id": "c", "user_id": "u", "protocol": "2.1", "server_time": "2026-11-01T09:00:00Z",
    "heartbeat_s": 20, "limits": {"text_chars": 8000, "frame_bytes": 65536, "sessions": 16}
}"""

/** The way back of a client that is told of the network, whatever hangs or is refused on it. */
class ConnectionTest {
    private val time = VirtualTime()
    private val scope = CoroutineScope(time + Job())
    private val triedAt = mutableListOf<Long>()
    private var refused = false
    private val lost = object : Transport {
        override suspend fun open(url: String, protocol: String): Socket = nothing()

        override suspend fun post(url: String, json: String): Reply = nothing()
    }

    @After
    fun end() = scope.cancel()

    private suspend fun nothing(): Nothing {
        triedAt += time.now
        if (refused) throw IOException("refused")
        awaitCancellation()
    }

    /** A network on which sockets are welcomed and break [heldMs] later. */
    private fun breaking(heldMs: () -> Long) = object : Transport {
        override suspend fun open(url: String, protocol: String): Socket {
            triedAt += time.now
            val line = Signal<String>(Signal.UNLIMITED)
            line.trySend(WELCOME)
            val ms = heldMs()
            scope.launch {
                delay(ms)
                line.close(SocketClosed(1006))
            }
            return object : Socket {
                override val incoming = line

                override fun send(text: String) = true

                override fun close() {}

                override fun cancel() {}
            }
        }

        override suspend fun post(url: String, json: String): Reply = nothing()
    }

    /** Begin to connect, with pauses that are as long as they may be. */
    private fun connection(tokens: TokenSource, transport: Transport = lost): Connection {
        val longest = object : Random() {
            override fun nextBits(bitCount: Int) = 0

            override fun nextLong(until: Long) = until - 1
        }
        val backoff = Backoff(random = longest)
        return Connection("ws://ion", Core(null), transport, tokens, backoff, time::now, {}, { _, _ -> })
            .also { scope.launch { it.run() } }
    }

    private fun wakeAt(ms: Long, connection: Connection) {
        time.runUntil(ms)
        connection.wake()
    }

    @Test
    fun `a try that hangs ends soon when told, and the next one once before its time`() {
        wakeAt(5_000, connection({ "token" }))
        time.runUntil(40_000)
        // a round trip that was never measured is taken for half a second
        assertEquals(listOf(0L, 6_500L, 9_700L, 22_100L, 34_900L), triedAt)
    }

    @Test
    fun `a token that can't be renewed over a dead network holds nobody up`() {
        val storage = MemoryStorage()
        wakeAt(5_000, connection(AnonymousAccount("http://ion", lost, storage) { time.now }))
        time.runUntil(12_000)
        assertEquals(listOf(0L, 6_500L, 9_700L), triedAt)
    }

    @Test
    fun `a try that knew of the network is not hurried again`() {
        val connection = connection({ "token" })
        for (ms in listOf(5_000L, 7_000L, 7_500L)) wakeAt(ms, connection)
        time.runUntil(13_000)
        assertEquals(listOf(0L, 6_500L, 9_500L, 12_700L), triedAt)
    }

    @Test
    fun `pauses grow until a connection has held for a while`() {
        connection({ "token" }, breaking { if (triedAt.size == 5) 3_000 else 100 })
        time.runUntil(10_000)
        assertEquals(listOf(300L, 500L, 900L, 1_700L, 3_200L, 500L), triedAt.zipWithNext { a, b -> b - a }.take(6))
    }

    @Test
    fun `pauses begin anew when told`() {
        refused = true
        val connection = connection({ "token" })
        time.runUntil(100_000)
        val before = triedAt.size
        wakeAt(100_000, connection)
        time.runUntil(104_000)
        assertEquals(listOf(0L, 200L, 600L, 1_400L, 3_000L), triedAt.drop(before).map { it - 100_000 })
    }
}
