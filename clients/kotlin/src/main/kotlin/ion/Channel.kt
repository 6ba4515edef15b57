package ion

import ion.frames.Attach
import ion.frames.AttachPoint
import ion.frames.ClientFrame
import ion.frames.Read
import ion.frames.Stop

private const val TYPING_EVERY_MS = 3_000L

/** A session as this client uses it: its log, what waits in it, and what the user asked for. */
internal class Channel(val key: String, @Volatile var id: String?) {
    @Volatile var log = Log()
    var changed = true
    val sendings = mutableListOf<Sending>()
    var closed = false
    var attached = false
    var error: String? = null
    var attachAt: Long? = null
    private val stopping = mutableSetOf<String>()
    private var seen: String? = null
    private var typedAt: Long? = null

    /** The message that is to be sent, or waits for its ack. */
    val head get() = sendings.firstOrNull { it.status == Status.QUEUED }

    /** The message that waits for its ack. */
    val underWay get() = sendings.firstOrNull { it.status == Status.QUEUED && it.sentAt != null }

    /** Whether it may be read: not when it is closed with nothing to say, or not to be had. */
    val readable get() = id != null && error == null && (!closed || head != null)

    /** How many answers are not read, as far as it is known here. */
    val unread get() = minOf(log.unread.toInt(), if (seen == null) Int.MAX_VALUE else unseen())

    /** Return the message that failed under this id. */
    fun failed(id: String) = sendings.firstOrNull { it.entry.id == id && it.status == Status.FAILED }

    /** Return the session and the cursor in it. */
    fun point(): AttachPoint {
        val known = log.loaded && !log.torn
        return AttachPoint(id.orEmpty(), log.epoch.takeIf { known }, log.cursor.takeIf { known })
    }

    /** Return the frame that asks for what follows the cursor, or for everything. */
    fun attach(): ClientFrame = point().let { Attach(it.sessionId, it.epoch, it.after) }

    /** End the turn that runs, or the one that the oldest unsent message will begin. */
    fun stop(): List<ClientFrame> {
        val sent = sendings.firstOrNull { it.status == Status.SENT && it.turnId?.let(log::turn) == null }
        val turnId = log.current?.id ?: sent?.turnId
        if (turnId != null) return stop(turnId)
        head?.stopping = true
        return emptyList()
    }

    /** End a turn; said again after a reconnect until it has ended. */
    fun stop(turnId: String): List<ClientFrame> {
        stopping += turnId
        return listOf(Stop(id.orEmpty(), turnId))
    }

    /** Count all answers that are here as read. */
    fun read(): List<ClientFrame> {
        val last = answers().lastOrNull()
        if (last == null || log.unread == 0L) return emptyList()
        seen = last
        return readFrames()
    }

    /** The user writes or has stopped; return whether the server should hear of that, [now] in ms. */
    fun typed(active: Boolean, now: Long): Boolean {
        val since = typedAt?.let { now - it } ?: Long.MAX_VALUE
        if (if (active) since < TYPING_EVERY_MS else typedAt == null) return false
        typedAt = now.takeIf { active }
        return true
    }

    /** The log goes on or was told anew: return what has to be said again. */
    fun resumed(): List<ClientFrame> = stopping.map { Stop(id.orEmpty(), it) } + readFrames()

    /** Take in what the log shows now: messages that arrived, turns that ended, what was read. */
    fun settle(): List<Sending> {
        val said = log.turns.flatMap { turn -> turn.messages.map { it.clientMsgId to turn.id } }.toMap()
        val news = sendings.filter { it.status != Status.SENT && it.entry.id in said }
        news.forEach { accepted(it, said.getValue(it.entry.id), null) }
        sendings.removeAll { it.status == Status.SENT && (it.entry.id in said || again(it)) }
        stopping.removeAll { log.turn(it)?.ended ?: (it in log.gone) }
        if (log.unread <= unseen()) seen = null
        return news
    }

    /** The server has a message. */
    fun accepted(sending: Sending, turnId: String, messageId: String?) {
        sending.status = Status.SENT
        sending.error = null
        sending.turnId = turnId
        sending.messageId = messageId
    }

    private fun again(sending: Sending) =
        sending.entry.about != null && sending.turnId?.let { log.turn(it) != null || it in log.gone } == true

    private fun answers() =
        log.turns.filter { it.phase == Phase.DONE && !it.answer?.text.isNullOrEmpty() }.mapNotNull { it.answer?.id }

    private fun unseen() = answers().let { it.size - 1 - it.indexOf(seen) }

    private fun readFrames() = seen?.let { listOf(Read(id.orEmpty(), messageId = it)) }.orEmpty()
}
