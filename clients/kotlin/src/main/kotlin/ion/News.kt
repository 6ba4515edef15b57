package ion

import ion.frames.ServerFrame

/** What the storage and the listeners have to hear of. */
internal sealed interface News {
    val channel: Channel

    /** The server has a message. */
    data class Accepted(override val channel: Channel, val sending: Sending) : News

    /** The server refused a message for good. */
    data class Refused(override val channel: Channel, val sending: Sending) : News

    /** A message that failed is to be said once more. */
    data class Retried(override val channel: Channel, val sending: Sending) : News

    /** A message that failed was given up. */
    data class Discarded(override val channel: Channel, val sending: Sending) : News

    /** The server named a session. */
    data class Bound(override val channel: Channel) : News

    /** The session cannot be read any more. */
    data class Ended(override val channel: Channel, val code: String) : News

    /** A frame changed what is known. */
    data class Happened(override val channel: Channel, val frame: ServerFrame) : News
}

/** Return what the program hears of it. */
internal fun News.event(session: Session): Event? = when (this) {
    is News.Accepted -> Event.Accepted(session, sending.entry.id)
    is News.Refused -> Event.Refused(session, sending.entry.id, sending.error.orEmpty())
    is News.Ended -> Event.Ended(session, code)
    is News.Happened -> Event.Happened(session, frame)
    is News.Retried, is News.Discarded, is News.Bound -> null
}
