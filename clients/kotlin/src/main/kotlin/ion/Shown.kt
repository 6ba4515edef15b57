package ion

import ion.frames.Message as Said

/** Return the messages of a session in order: what its log shows, then what waits for that. */
internal fun shown(log: Log, sendings: List<Sending>): List<Message> {
    val said = log.turns.flatMap { turn -> turn.messages.mapNotNull(Said::clientMsgId) }.toSet()
    val waiting = sendings.filter { it.entry.about == null && it.entry.id !in said }
    return log.turns.flatMap(::messagesOf) + waiting.map(::queued)
}

private fun messagesOf(turn: Turn): List<Message> =
    turn.messages.map { it.shown(turn.id) } + listOfNotNull(answerOf(turn))

private fun Said.shown(turnId: String) =
    Message(clientMsgId ?: id, id, Role.USER, text, Status.SENT, turnId, clientMsgId)

private fun answerOf(turn: Turn): Message? {
    val answer = turn.answer ?: Answer()
    val status = statusOf(turn, answer) ?: return null
    val id = answer.id
    return Message(
        key = id ?: turn.id,
        id = id,
        role = Role.ASSISTANT,
        text = answer.text,
        status = status,
        turnId = turn.id,
        persona = answer.persona,
        error = turn.failure,
    )
}

private fun statusOf(turn: Turn, answer: Answer): Status? = when (turn.phase) {
    Phase.WAITING -> null
    Phase.RUNNING -> Status.STREAMING.takeIf { answer.id != null }
    Phase.FAILED -> Status.FAILED
    Phase.DONE -> if (answer.stopped) Status.STOPPED else Status.DONE
}

private fun queued(sending: Sending) = Message(
    key = sending.entry.id,
    id = sending.messageId,
    role = Role.USER,
    text = sending.entry.text,
    status = sending.status,
    turnId = sending.turnId,
    clientMsgId = sending.entry.id,
    error = sending.error,
)
