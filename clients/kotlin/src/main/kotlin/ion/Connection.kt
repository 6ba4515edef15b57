package ion

import ion.frames.Ping
import ion.frames.Pong
import ion.frames.Welcome
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel as Signal
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.selects.onTimeout
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.withTimeoutOrNull

private const val PROTOCOL = "ion.v2.1.json"
private const val WELCOME_WITHIN_MS = 12_000L
private const val STABLE_AFTER_MS = 3_000L
private const val DRAINED = -1
private const val UNAUTHENTICATED = 4401
private const val FORBIDDEN = 4403
private const val REPLACED = 4409
private const val ERASED = 4410
private val DENIED = setOf(FORBIDDEN, REPLACED, ERASED)
private val KEEP_AWAY = setOf(1009, 1013, 4400, 4408, 4429)
private const val BROKEN = 1006
private const val MOST_AT_ONCE = 64

/** What a try to be connected ended with. */
private sealed interface Verdict {
    data class Again(val inMs: Long) : Verdict
    data object Denied : Verdict
}

/** One socket after the other: connects, carries frames, notices silence, and comes back. */
internal class Connection(
    private val url: String,
    private val core: Core,
    private val transport: Transport,
    private val tokens: TokenSource,
    private val backoff: Backoff,
    private val now: () -> Long,
    private val onNews: () -> Unit,
    private val onState: (State, IonException?) -> Unit,
) {
    private val stir = Signal<Unit>(Signal.CONFLATED)
    private val woken = Signal<Unit>(Signal.CONFLATED)
    private var liveness = Liveness(now())
    private var stale = false
    private var renewed = false
    private var returnAt: Long? = null
    private var openAt: Long? = null
    private var welcomeBy = 0L
    private var askedAt = 0L
    private val trips = Trips()
    // whether the network was told of before this try began, or since
    private var knew = false
    private var told = false
    private var reason: IonException? = null

    /** Send what the core has to say. */
    fun flush() {
        stir.trySend(Unit)
    }

    /** Try again now, or doubt now a connection that is open or on its way. */
    fun wake() {
        val withinMs = trips.lateMs
        if (core.welcomed) liveness.probe(now(), withinMs) else if (!knew) welcomeBy = minOf(welcomeBy, now() + withinMs)
        told = true
        woken.trySend(Unit)
        flush()
    }

    /** Connect, and again whenever the connection ends, until cancelled. */
    suspend fun run(): Nothing {
        try {
            while (true) {
                onState(State.CONNECTING, null)
                val verdict = once()
                core.disconnected()
                woken.tryReceive()
                pause(verdict)
            }
        } finally {
            core.disconnected()
            onState(State.IDLE, null)
        }
    }

    private suspend fun pause(verdict: Verdict) {
        when (verdict) {
            is Verdict.Denied -> {
                onState(State.DENIED, reason)
                woken.receive()
            }
            is Verdict.Again -> if (!told && verdict.inMs > 0) {
                onState(State.WAITING, reason)
                withTimeoutOrNull(verdict.inMs) { woken.receive() }
            }
        }
    }

    private suspend fun once(): Verdict {
        returnAt = null
        openAt = null
        knew = told
        told = false
        if (knew) backoff.reset()
        // what hangs although the network is there is begun anew soon, once: it may be a slow one
        welcomeBy = now() + if (knew) trips.openMs else WELCOME_WITHIN_MS
        val code = try {
            val (token, socket) = opened() ?: return verdict(failed(BROKEN, null))
            used(socket, token)
        } catch (error: CancellationException) {
            throw error
        } catch (error: SocketClosed) {
            failed(error.code, error)
        } catch (error: IonException) {
            reason = error
            return if (error.retryable) Verdict.Again(backoff.next()) else Verdict.Denied
        } catch (error: Exception) {
            failed(BROKEN, error)
        }
        return verdict(code)
    }

    /** Return a token and an open socket, null when that takes too long. */
    @OptIn(ExperimentalCoroutinesApi::class)
    private suspend fun opened(): Pair<String, Socket>? = coroutineScope {
        val opening = async {
            val token = tokens.token(stale)
            renewed = renewed || stale
            stale = false
            token to transport.open(url, PROTOCOL)
        }
        while (now() < welcomeBy) {
            val found = select<Pair<String, Socket>?> {
                opening.onAwait { it }
                woken.onReceive { null }
                onTimeout(welcomeBy - now()) { null }
            }
            if (found != null) return@coroutineScope found
        }
        opening.cancel()
        null
    }

    private fun failed(code: Int, error: Exception?): Int {
        reason = IonException("unreachable", error?.message ?: "no connection", retryable = true, cause = error)
        return code
    }

    /** Use a socket to its end; return the close code, or one that means the same. */
    private suspend fun used(socket: Socket, token: String): Int = try {
        liveness = Liveness(now())
        askedAt = now()
        socket.send(Codec.encode(core.connected(token)))
        carried(socket).also { if (it == DRAINED) socket.close() else socket.cancel() }
    } catch (error: CancellationException) {
        socket.close()
        throw error
    }

    private suspend fun carried(socket: Socket): Int {
        while (true) {
            val at = now()
            val frames = core.framesToSend(at)
            frames.forEach { socket.send(Codec.encode(it)) }
            if (frames.isNotEmpty()) liveness.said(at)
            val late = at >= (core.overdue() ?: Long.MAX_VALUE) || !core.welcomed && at >= welcomeBy
            if (late) return failed(BROKEN, null)
            if (at >= (returnAt ?: Long.MAX_VALUE)) return DRAINED
            when (liveness.step(at)) {
                Pulse.DEAD -> return failed(BROKEN, null)
                Pulse.PING -> {
                    askedAt = at
                    socket.send(Codec.encode(Ping()))
                }
                Pulse.FINE -> {}
            }
            val until = listOfNotNull(liveness.due(), core.due(), core.overdue(), returnAt, welcomeBy.takeIf { !core.welcomed })
            heard(socket, until.min() - at)?.let { return it }
        }
    }

    /** Wait for frames, for something to send, or for a time; return the code when the socket ended. */
    @OptIn(ExperimentalCoroutinesApi::class)
    private suspend fun heard(socket: Socket, waitMs: Long): Int? = select {
        socket.incoming.onReceiveCatching { first ->
            var next = first
            var count = 0
            while (next.isSuccess) {
                take(next.getOrThrow())
                if (++count == MOST_AT_ONCE) break
                next = socket.incoming.tryReceive()
            }
            onNews()
            if (next.isClosed) closed(next.exceptionOrNull()) else null
        }
        stir.onReceive { null }
        onTimeout(waitMs.coerceAtLeast(0)) { null }
    }

    private fun closed(error: Throwable?): Int = failed((error as? SocketClosed)?.code ?: BROKEN, error as? Exception)

    private fun take(text: String) {
        val at = now()
        val wasWelcomed = core.welcomed
        val frame = Codec.decode(text) ?: return
        core.receive(frame, at)
        liveness.heard(at, core.busy())
        told = false
        if (frame is Welcome || frame is Pong) trips.took(at - askedAt)
        if (core.welcomed && !wasWelcomed) {
            openAt = at
            renewed = false
            reason = null
            onState(State.OPEN, null)
        }
        val drainMs = core.drainMs
        if (drainMs != null && returnAt == null) {
            forgetPauses()
            returnAt = at + drainMs + backoff.next()
        }
    }

    /** Begin pauses anew when the connection has held: one that breaks at once is no better than none. */
    private fun forgetPauses() {
        if (now() - (openAt ?: return) >= STABLE_AFTER_MS) backoff.reset()
        openAt = null
    }

    /** Return what follows from a connection that ended with [code]. */
    private fun verdict(code: Int): Verdict {
        if (code == UNAUTHENTICATED) stale = true
        if (code in DENIED || code == UNAUTHENTICATED && renewed) {
            renewed = false
            val name = if (code == UNAUTHENTICATED) "unauthenticated" else "forbidden"
            reason = IonException(core.refusal?.code ?: name, "the server closed the connection with $code")
            return Verdict.Denied
        }
        if (code == UNAUTHENTICATED) return Verdict.Again(0)
        returnAt?.let { return Verdict.Again((it - now()).coerceAtLeast(0)) }
        forgetPauses()
        if (code in KEEP_AWAY) backoff.penalise()
        return Verdict.Again(maxOf(backoff.next(), core.refusal?.retryAfterMs ?: 0))
    }
}
