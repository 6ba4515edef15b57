package ion

import ion.frames.ClientFrame
import ion.frames.Regenerate
import ion.frames.Send
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException

/**
 * A message as it is kept until its ack; [about] is the turn that is to be answered again, [error] why
 * the message was refused for good.
 */
@Serializable
internal data class Entry(
    val id: String,
    val key: String,
    val n: Long,
    val text: String = "",
    @SerialName("session_id") val sessionId: String? = null,
    val about: String? = null,
    val persona: String? = null,
    val policy: String = "merge",
    val error: String? = null,
) {
    /** Return what to tell the server about the session [session]. */
    fun frame(session: String?): ClientFrame =
        if (about == null || session == null) Send(id, text, session, persona, policy)
        else Regenerate(session, about, id, persona)
}

/** A message on its way; its `client_msg_id` never changes, so the server takes it once. */
internal class Sending(val entry: Entry) {
    var status = if (entry.error == null) Status.QUEUED else Status.FAILED
    var sentAt: Long? = null
    var notBefore = 0L
    var tries = 0
    var stopping = false
    var turnId: String? = null
    var messageId: String? = null
    var error = entry.error

    /** It failed and is to be said once more. */
    fun again() {
        status = Status.QUEUED
        error = null
        sentAt = null
        notBefore = 0
        tries = 0
    }

    /** Return it as it has to be kept. */
    fun kept() = entry.copy(error = error)
}

/** The messages in [storage] that have no ack yet or were refused, and the sessions that they made. */
internal class Outbox(private val storage: Storage) {
    private var n = 0L

    /** Return all entries, the oldest first; one without sense is skipped. */
    suspend fun load(): List<Entry> {
        val keys = storage.keys().filter { it.startsWith(ENTRY) }
        val entries = keys.mapNotNull { key -> storage.get(key)?.let(::decoded) }.sortedBy { it.n }
        n = maxOf(n, (entries.lastOrNull()?.n ?: 0) + 1)
        return entries
    }

    /** Return the number of the next message. */
    fun number(): Long = n++

    suspend fun add(entry: Entry) = storage.set(ENTRY + entry.id, Codec.json.encodeToString(Entry.serializer(), entry))

    suspend fun remove(id: String) = storage.remove(ENTRY + id)

    /** Note the id that the server gave to the session [key]. */
    suspend fun bind(key: String, id: String) = storage.set(SESSION + key, id)

    /** Return the session that [name] (an id or a key) means: its key and its id. */
    suspend fun resolve(name: String): Pair<String, String?> =
        storage.get(SESSION + name)?.let { name to it } ?: (name to name.takeUnless { it.startsWith(LOCAL) })

    private fun decoded(text: String): Entry? = try {
        Codec.json.decodeFromString(Entry.serializer(), text)
    } catch (_: SerializationException) {
        null
    }

    companion object {
        /** What the key of a session begins with that was begun here. */
        const val LOCAL = "new:"
        private const val ENTRY = "ion.queue."
        private const val SESSION = "ion.session."
    }
}
