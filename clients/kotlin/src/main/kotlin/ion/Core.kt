package ion

import ion.frames.Ack
import ion.frames.Attached
import ion.frames.ClientFrame
import ion.frames.Detach
import ion.frames.Device
import ion.frames.Drain
import ion.frames.Error
import ion.frames.Hello
import ion.frames.LogFrame
import ion.frames.ServerFrame
import ion.frames.Snapshot
import ion.frames.Typing
import ion.frames.Unknown
import ion.frames.Welcome
import kotlin.random.Random

private const val ACK_WITHIN_MS = 20_000L
private const val MOST_ATTACHED = 16
private val FATAL = setOf("not_found", "gone", "forbidden", "quota_exceeded")

/**
 * The client's side of the protocol without I/O: frames and actions in, frames and news out.
 *
 * Each session sends one message at a time and the next after its ack. Times are ms of one clock.
 */
internal class Core(private val device: Device?, private val random: Random = Random.Default) {
    val channels = mutableListOf<Channel>()
    var welcomed = false
        private set
    var drainMs: Long? = null
        private set
    var refusal: Error? = null
        private set
    private val frames = ArrayDeque<ClientFrame>()
    private val news = ArrayDeque<News>()
    private val early = mutableMapOf<String, MutableList<ServerFrame>>()
    private var most = MOST_ATTACHED

    fun open(key: String, id: String?): Channel {
        val known = channels.firstOrNull { it.key == key || (id != null && it.id == id) }
        val channel = known ?: Channel(key, id)
        // the last one opened comes last, and is read when there is no room for all
        channels.remove(channel)
        channels += channel
        channel.closed = false
        channel.changed = true
        wanted(channel)
        return channel
    }

    /** Read a session no more, once what waits in it was said. */
    fun close(channel: Channel) {
        channel.closed = true
        leaveClosed()
    }

    fun submit(channel: Channel, entry: Entry) {
        val sending = Sending(entry)
        channel.sendings += sending
        channel.changed = true
        if (sending.error != null) return
        wanted(channel)
        channel.error?.let { fail(channel, sending, it) }
    }

    /** Say once more what failed, with the same id: the server can't take it twice. */
    fun retry(channel: Channel, id: String) {
        val sending = channel.failed(id) ?: return
        channel.changed = true
        channel.error = null
        sending.again()
        wanted(channel)
        news += News.Retried(channel, sending)
    }

    /** Give up what failed. */
    fun discard(channel: Channel, id: String) {
        val sending = channel.failed(id) ?: return
        channel.changed = true
        channel.sendings -= sending
        news += News.Discarded(channel, sending)
        leaveClosed()
    }

    fun stop(channel: Channel) = channel.stop().forEach(::say)

    fun read(channel: Channel) {
        channel.changed = true
        channel.read().forEach(::say)
    }

    fun typing(channel: Channel, active: Boolean, now: Long) {
        val id = channel.id ?: return
        if (channel.typed(active, now)) say(Typing(id, active))
    }

    /** A connection is open: return its first frame, which resumes sessions from their cursors. */
    fun connected(token: String): Hello {
        disconnected()
        refusal = null
        channels.forEach { it.attachAt = null }
        // those that wait for an ack, and those that were opened last
        val named = channels.filter { it.readable }.sortedBy { it.head != null }
        val read = named.takeLast(most - 1).onEach { it.attached = true }
        return Hello(token, device, read.map(Channel::point))
    }

    /** The connection is gone; what was not acked will be said again. */
    fun disconnected() {
        welcomed = false
        drainMs = null
        frames.clear()
        early.clear()
        channels.forEach { channel -> channel.sendings.forEach { it.sentAt = null } }
        channels.forEach { it.attached = false }
    }

    fun receive(frame: ServerFrame, now: Long) {
        when (frame) {
            is Welcome -> {
                welcomed = true
                most = frame.limits.sessions.toInt().takeIf { it > 0 } ?: MOST_ATTACHED
            }
            is Ack -> acked(frame)
            is Error -> refused(frame, now)
            is Drain -> drainMs = frame.reconnectInMs
            else -> sessionOf(frame)?.let { ofSession(it, frame) }
        }
        leaveClosed()
    }

    /** Return what has to go out now, in order. */
    fun framesToSend(now: Long): List<ClientFrame> {
        if (!welcomed) return emptyList()
        for (channel in channels.filter { it.error == null }) {
            if ((channel.attachAt ?: Long.MAX_VALUE) <= now) {
                channel.attachAt = null
                attached(channel)
                say(channel.attach())
            }
            sendNext(channel, now)
        }
        return frames.toList().also { frames.clear() }
    }

    /** Return when [framesToSend] will have more by time alone, null for never. */
    fun due(): Long? {
        if (!welcomed) return null
        val waits = channels.filter { it.underWay == null }.mapNotNull { it.head?.notBefore }
        return (waits + channels.mapNotNull { it.attachAt }).minOrNull()
    }

    /** Return when a connection that confirms nothing is no good, null for never. */
    fun overdue(): Long? = channels.mapNotNull { it.underWay?.sentAt }.minOrNull()?.plus(ACK_WITHIN_MS)

    /** Whether somebody waits for an answer. */
    fun busy(): Boolean = channels.any { it.head != null || it.log.current != null }

    /** Return what happened since the last call. */
    fun news(): List<News> = news.toList().also { news.clear() }

    private fun say(frame: ClientFrame) {
        if (welcomed) frames += frame
    }

    /** A session is looked at: read it, when it has a name and is not read already. */
    private fun wanted(channel: Channel) {
        if (channel.readable && !channel.attached) channel.attachAt = 0
    }

    /** Make room for a session that is read from now on: the one opened the longest ago leaves. */
    private fun attached(channel: Channel) {
        channel.attached = true
        val others = channels.filter { it.attached && it !== channel }
        for (each in others.sortedBy { it.head != null }.take(maxOf(0, others.size + 1 - most))) {
            each.attached = false
            each.id?.let { say(Detach(it)) }
        }
    }

    private fun sendNext(channel: Channel, now: Long) {
        val head = channel.head ?: return
        if (channel.underWay != null || head.notBefore > now) return
        head.sentAt = now
        if (channel.id == null) attached(channel)
        frames += head.entry.frame(channel.id)
    }

    private fun ofSession(id: String, frame: ServerFrame) {
        val channel = channels.firstOrNull { it.id == id }
        if (channel == null) {
            if (channels.any { it.id == null }) early.getOrPut(id) { mutableListOf() } += frame
            return
        }
        val before = channel.log
        val after = before.after(frame)
        if (after === before) return
        channel.log = after
        channel.changed = true
        if (after.torn && !before.torn || after.gap && !before.gap) say(channel.attach())
        if (frame is Snapshot) channel.sendings.removeAll { it.status == Status.SENT }
        channel.settle().forEach { accepted(channel, it) }
        if (frame is Snapshot || frame is Attached && !after.awaiting) channel.resumed().forEach(::say)
        if (after.cursor != before.cursor || frame is Snapshot) news += News.Happened(channel, frame)
    }

    private fun acked(frame: Ack) {
        val (channel, sending) = find(frame.clientMsgId) ?: return
        if (sending.status == Status.SENT) return
        channel.changed = true
        channel.accepted(sending, frame.turnId, frame.messageId)
        if (channel.id == null) bind(channel, frame.sessionId)
        accepted(channel, sending)
        early.remove(frame.sessionId)?.forEach { ofSession(frame.sessionId, it) }
    }

    private fun bind(channel: Channel, id: String) {
        channel.id = id
        news += News.Bound(channel)
    }

    private fun accepted(channel: Channel, sending: Sending) {
        news += News.Accepted(channel, sending)
        val turnId = sending.turnId
        if (sending.stopping && turnId != null) channel.stop(turnId).forEach(::say)
    }

    private fun refused(frame: Error, now: Long) {
        val ref = frame.ref
        val found = ref?.let(::find)
        val channel = channels.firstOrNull { ref != null && it.id == ref }
        when {
            ref == null -> refusal = frame
            found != null -> refusedSending(found.first, found.second, frame, now)
            channel != null -> refusedChannel(channel, frame, now)
        }
    }

    private fun refusedSending(channel: Channel, sending: Sending, frame: Error, now: Long) {
        if (sending.status == Status.FAILED) return
        sending.tries += 1
        val pauseMs = pauseMs(frame, sending.tries, random) ?: return fail(channel, sending, frame.code)
        sending.sentAt = null
        sending.notBefore = now + pauseMs
    }

    private fun refusedChannel(channel: Channel, frame: Error, now: Long) {
        if (frame.code in FATAL) {
            channel.error = frame.code
            channel.attached = false
            channel.attachAt = null
            channel.sendings.filter { it.status == Status.QUEUED }.forEach { fail(channel, it, frame.code) }
            news += News.Ended(channel, frame.code)
        } else {
            channel.attachAt = pauseMs(frame, tries = 1, random)?.let { now + it }
        }
    }

    private fun fail(channel: Channel, sending: Sending, code: String) {
        channel.changed = true
        sending.status = Status.FAILED
        sending.error = code
        // a second answer that can't be had leaves nothing to show
        if (sending.entry.about != null) channel.sendings -= sending
        news += News.Refused(channel, sending)
    }

    private fun find(id: String): Pair<Channel, Sending>? = channels.firstNotNullOfOrNull { channel ->
        channel.sendings.firstOrNull { it.entry.id == id }?.let { channel to it }
    }

    private fun leaveClosed() {
        for (channel in channels.filter { it.closed && it.head == null }) {
            if (channel.attached) channel.id?.let { say(Detach(it)) }
            channel.attached = false
            channel.attachAt = null
            channel.error = null
            // what failed is shown again when the session is opened again
            if (channel.sendings.none { it.status == Status.FAILED }) channels -= channel
        }
    }
}

private fun sessionOf(frame: ServerFrame): String? = when (frame) {
    is Attached -> frame.sessionId
    is Snapshot -> frame.session.id
    is LogFrame -> frame.sessionId
    is Unknown -> frame.sessionId
    else -> null
}
