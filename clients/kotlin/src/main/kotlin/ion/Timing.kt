package ion

import ion.frames.Error
import kotlin.random.Random

private const val LEAST_PAUSE_MS = 500L
private const val MOST_PAUSE_MS = 120_000L
private const val MOST_DOUBLINGS = 8
private const val LATE_MS = 1_000L
private const val MOST_TRIP_MS = 2_000L
// TCP, TLS, the upgrade, hello.
private const val TRIPS_TO_OPEN = 4

/** Waiting times with full jitter: even below a ceiling that doubles from [firstMs] up to [mostMs]. */
class Backoff(
    private val firstMs: Long = 200,
    private val mostMs: Long = 10_000,
    private val random: Random = Random.Default,
) {
    private var ceilingMs = firstMs

    /** Return how long to wait before the next try, in ms. */
    fun next(): Long {
        val ceiling = ceilingMs
        ceilingMs = minOf(ceiling * 2, mostMs)
        return random.nextLong(ceiling + 1)
    }

    /** Begin from the shortest wait: the last try went well. */
    fun reset() {
        ceilingMs = firstMs
    }

    /** Wait as after a long outage: the server asked for distance. */
    fun penalise() {
        ceilingMs = mostMs
    }
}

/** Return in how many ms what was refused [tries] times may be said again, null for never. */
internal fun pauseMs(error: Error, tries: Int, random: Random): Long? {
    val ceilingMs = LEAST_PAUSE_MS shl minOf(tries, MOST_DOUBLINGS)
    val ms = error.retryAfterMs ?: (ceilingMs + random.nextLong(ceilingMs))
    // who would wait for hours should know, and choose the moment
    return ms.takeIf { error.retryable && error.code != "turn_running" && it in 1..MOST_PAUSE_MS }
}

/** What a round trip takes on this network, and so when an answer is late. Times are ms. */
internal class Trips {
    // until one is measured it is taken for a slow one
    private var tripMs = 500L

    /** Count one that was measured; one that was stuck on the way says little of the next. */
    fun took(ms: Long) {
        tripMs = minOf(ms, 2 * tripMs + 50, MOST_TRIP_MS)
    }

    /** After how long an answer will not come any more. */
    val lateMs get() = LATE_MS + tripMs

    /** How long a connection may take from nothing to its welcome. */
    val openMs get() = LATE_MS + TRIPS_TO_OPEN * tripMs
}

internal enum class Pulse { FINE, PING, DEAD }

/**
 * Asks a silent connection for a sign of life, and gives it up when none comes. Times are ms.
 *
 * It asks after [everyMs] of silence, and after [busyMs] while somebody waits for an answer.
 */
internal class Liveness(
    now: Long,
    private val everyMs: Long = 20_000,
    private val busyMs: Long = 5_000,
    private val patienceMs: Long = 5_000,
) {
    private var pingAt = now + everyMs
    private var deadAt: Long? = null
    private var patience = patienceMs

    /** Something came; [busy] says whether somebody waits for more. */
    fun heard(now: Long, busy: Boolean = false) {
        pingAt = now + if (busy) busyMs else everyMs
        deadAt = null
        patience = patienceMs
    }

    /** Something was said that is answered soon. */
    fun said(now: Long) {
        pingAt = minOf(pingAt, now + busyMs)
    }

    /** Doubt the connection now, and for [withinMs] at most. */
    fun probe(now: Long, withinMs: Long) {
        deadAt = deadAt?.let { minOf(it, now + withinMs) }
        if (deadAt == null) pingAt = now
        patience = withinMs
    }

    /** Return what to do now. */
    fun step(now: Long): Pulse {
        deadAt?.let { return if (now >= it) Pulse.DEAD else Pulse.FINE }
        if (now < pingAt) return Pulse.FINE
        deadAt = now + patience
        return Pulse.PING
    }

    /** Return when to call [step] again. */
    fun due(): Long = deadAt ?: pingAt
}
