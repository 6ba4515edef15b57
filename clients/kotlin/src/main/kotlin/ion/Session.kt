package ion

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.filter

/** One conversation. It exists on the server from its first message on. */
class Session internal constructor(private val client: IonClient, internal val channel: Channel) {
    private val shownMessages = MutableStateFlow(emptyList<Message>())
    private val unreadAnswers = MutableStateFlow(0)

    /** What the session is called on this device; it never changes, also over restarts. */
    val key: String get() = channel.key

    /** The server's id, null until the first message was accepted. */
    val id: String? get() = channel.id

    /** The messages as they are shown, those last that wait to be sent. */
    val messages: StateFlow<List<Message>> = shownMessages.asStateFlow()

    /** How many answers were not read, on any device. */
    val unread: StateFlow<Int> = unreadAnswers.asStateFlow()

    /** What happens in this session. */
    val events: Flow<Event> get() = client.events.filter { it.isOf(this) }

    /**
     * Say something; returns its `client_msg_id` when the message is durable on this device.
     *
     * [persona] is who should answer, null for whoever fits; [policy] what becomes of the message
     * while a turn runs: merge, queue, interrupt or reject.
     */
    suspend fun send(text: String, persona: String? = null, policy: String = "merge"): String =
        client.submit(this, text, persona = persona, policy = policy)

    /** Say once more what has failed, under the same `client_msg_id`: it can't count twice. */
    suspend fun retry(clientMsgId: String) = client.reconsider { it.retry(channel, clientMsgId) }

    /** Give up what has failed: it is shown no more. */
    suspend fun discard(clientMsgId: String) = client.reconsider { it.discard(channel, clientMsgId) }

    /** End the answer that runs, now or as soon as there is a connection. */
    suspend fun stop() = client.act { it.stop(channel) }

    /**
     * Have a turn answered again, the last one when [turnId] is null; the new answer takes its place.
     *
     * Returns the `client_msg_id` of the wish. Throws IonException `not_found` without such a turn.
     */
    suspend fun regenerate(turnId: String? = null, persona: String? = null): String {
        val turn = turnId ?: channel.log.turns.lastOrNull { it.ended }?.id
        if (turn == null || channel.id == null) throw IonException("not_found", "there is no answer yet")
        return client.submit(this, "", about = turn, persona = persona)
    }

    /** All that is here was read. */
    suspend fun read() = client.act { it.read(channel) }

    /** The user writes, or has stopped; call it at every change of the text. */
    suspend fun typing(active: Boolean) = client.act { it.typing(channel, active, client.now()) }

    /** Call [listener] for what happens in this session, on a background thread; close what it returns to end that. */
    fun on(listener: (Event) -> Unit): AutoCloseable = client.on { if (it.isOf(this)) listener(it) }

    /** Read the session no more; what was said in it is sent all the same, running turns go on. */
    suspend fun close() = client.act {
        client.forget(this)
        it.close(channel)
    }

    override fun toString() = "Session(${id ?: key})"

    internal fun publish() {
        if (!channel.changed) return
        channel.changed = false
        shownMessages.value = shown(channel.log, channel.sendings)
        unreadAnswers.value = channel.unread
    }
}

private fun Event.isOf(session: Session): Boolean = when (this) {
    is Event.StateChanged -> false
    is Event.Happened -> this.session === session
    is Event.Accepted -> this.session === session
    is Event.Refused -> this.session === session
    is Event.Ended -> this.session === session
}
