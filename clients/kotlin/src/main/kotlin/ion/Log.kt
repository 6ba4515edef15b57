package ion

import ion.frames.Attached
import ion.frames.Delta
import ion.frames.LogFrame
import ion.frames.Message as Said
import ion.frames.MessageFrame
import ion.frames.ReadFrame
import ion.frames.Routed
import ion.frames.ServerFrame
import ion.frames.Session as SessionInfo
import ion.frames.SessionUpdated
import ion.frames.Snapshot
import ion.frames.TurnDone
import ion.frames.TurnFailed
import ion.frames.TurnRestarted
import ion.frames.TurnStarted
import ion.frames.Unknown

/**
 * A session as its log tells it: frames in, a new state out.
 *
 * [gone] are turns that left the view and whose frames change nothing, [aside] their messages, for a
 * turn that names them; [gap] says that frames are missing, [torn] that only a snapshot can help.
 */
internal data class Log(
    val epoch: String? = null,
    val cursor: Long = 0,
    val loaded: Boolean = false,
    val awaiting: Boolean = false,
    val gap: Boolean = false,
    val torn: Boolean = false,
    val info: SessionInfo? = null,
    val unread: Long = 0,
    val turns: List<Turn> = emptyList(),
    val gone: Set<String> = emptySet(),
    val aside: List<Said> = emptyList(),
) {
    /** The turn that is being answered, or the one that is next. */
    val current get() = turns.firstOrNull { it.phase == Phase.RUNNING } ?: turns.firstOrNull { !it.ended }

    fun turn(id: String): Turn? = turns.firstOrNull { it.id == id }
}

/** Return the state after a frame; the same object when the frame changes nothing. */
internal fun Log.after(frame: ServerFrame): Log = when (frame) {
    is Attached -> attached(frame)
    is Snapshot -> refreshed(frame)
    is LogFrame -> next(frame.seq) { applied(frame) }
    is Unknown -> frame.seq?.let { seq -> next(seq) { this } } ?: this
    else -> this
}

private fun Log.attached(frame: Attached): Log = when {
    !frame.recovered -> copy(awaiting = true, gap = false)
    !loaded -> copy(epoch = frame.epoch, cursor = frame.seq, loaded = true)
    frame.epoch == epoch && frame.seq <= cursor -> copy(gap = false, awaiting = false)
    else -> copy(torn = true, awaiting = true)
}

private fun refreshed(frame: Snapshot): Log {
    val known = Log(
        epoch = frame.epoch,
        cursor = frame.seq,
        loaded = true,
        info = frame.session,
        unread = frame.session.unread,
        turns = turnsOf(frame.messages),
    )
    val running = frame.runningTurn ?: return known
    val begun = known.begun(running.turnId, running.messageIds, running.supersedes)
    val answer = Answer(running.messageId, running.text, running.persona)
    val turns = begun.turns.changed(running.turnId) { copy(answer = answer) }
    return begun.copy(turns = turns)
}

private inline fun Log.next(seq: Long, change: Log.() -> Log): Log = when {
    awaiting || !loaded || seq <= cursor -> this
    seq > cursor + 1 -> if (gap) this else copy(gap = true)
    else -> change().copy(gap = false, cursor = seq)
}

private fun Log.applied(frame: LogFrame): Log = when (frame) {
    is MessageFrame -> said(frame.message)
    is TurnStarted -> begun(frame.turnId, frame.messageIds, frame.supersedes)
    is Routed -> within(frame.turnId) { answering(it) { copy(persona = frame.persona) } }
    is Delta -> within(frame.turnId) { id ->
        answering(id) { copy(id = frame.messageId, text = text + frame.text) }
            .changed(id) { copy(phase = Phase.RUNNING) }
    }
    is TurnRestarted -> within(frame.turnId) { id ->
        changed(id) { copy(phase = Phase.RUNNING, answer = answer?.copy(text = "")) }
    }
    is TurnDone -> within(frame.turnId) { done(frame) }
        .copy(unread = unread + if (frame.text.isEmpty() || frame.turnId in gone) 0 else 1)
    is TurnFailed -> within(frame.turnId) { id ->
        changed(id) { copy(phase = Phase.FAILED, failure = frame.code) }
    }
    is ReadFrame -> copy(unread = frame.unread)
    is SessionUpdated -> copy(info = frame.session, unread = frame.session.unread)
    else -> this
}

private inline fun Log.within(turnId: String, change: List<Turn>.(String) -> List<Turn>): Log =
    if (turnId in gone) this else copy(turns = turns.change(turnId))

private fun List<Turn>.done(frame: TurnDone): List<Turn> {
    val answer = Answer(frame.messageId, frame.text, frame.persona, frame.finishReason == "stopped")
    return changed(frame.turnId) { copy(answer = answer, phase = Phase.DONE, failure = null) }
}

private fun Log.said(message: Said): Log {
    if (turns.shows(message.id)) return this
    val turnId = message.turnId ?: message.id
    val rest = if (message.supersedes == null || turnId in gone) this else withoutMessage(message)
    if (turnId in rest.gone) return rest.copy(aside = rest.aside + message)
    return rest.copy(turns = rest.turns.with(message))
}

/** A turn begins, maybe anew with messages that joined it, maybe in the place of another. */
private fun Log.begun(id: String, messageIds: List<String>, supersedes: String?): Log {
    val rest = if (supersedes == null) this else withoutTurn(supersedes, id, messageIds)
    if (id in rest.gone) return rest
    val turns = rest.turns.gathered(id, messageIds, rest.aside).changed(id) {
        copy(phase = Phase.RUNNING, failure = null, answer = answer?.copy(text = "", stopped = false))
    }
    return rest.copy(turns = turns)
}
