package ion

import ion.frames.ServerFrame

/** What happened, in order; see `IonClient.on` and `IonClient.events`. */
sealed interface Event {
    /** The connection is in another [state]; [reason] says why it is waiting or denied. */
    data class StateChanged(val state: State, val reason: IonException?) : Event

    /** A frame of the session's log, each once, or a snapshot that replaces what was known. */
    data class Happened(val session: Session, val frame: ServerFrame) : Event

    /** The server has a message, or what `regenerate` asked for. */
    data class Accepted(val session: Session, val clientMsgId: String) : Event

    /** The server refused a message for good, with a [code] of the protocol. */
    data class Refused(val session: Session, val clientMsgId: String, val code: String) : Event

    /** The session cannot be read any more: it was deleted, or belongs to somebody else. */
    data class Ended(val session: Session, val code: String) : Event
}
