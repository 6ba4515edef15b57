package ion

import ion.frames.Message as Said

internal enum class Phase { WAITING, RUNNING, DONE, FAILED }

/** An answer as far as it is known; [id] is null until its first delta. */
internal data class Answer(
    val id: String? = null,
    val text: String = "",
    val persona: String? = null,
    val stopped: Boolean = false,
)

/** One turn; [siblings] are the turns that stand for one another at its place. */
internal data class Turn(
    val id: String,
    val messages: List<Said> = emptyList(),
    val answer: Answer? = null,
    val phase: Phase = Phase.WAITING,
    val failure: String? = null,
    val siblings: List<String> = emptyList(),
) {
    val ended get() = phase == Phase.DONE || phase == Phase.FAILED
}

/** Change one turn; a turn that is not known yet comes to stand last. */
internal fun List<Turn>.changed(id: String, change: Turn.() -> Turn): List<Turn> {
    val all = if (any { it.id == id }) this else this + Turn(id)
    return all.map { if (it.id == id) it.change() else it }
}

/** Change the answer of a turn. */
internal fun List<Turn>.answering(id: String, change: Answer.() -> Answer): List<Turn> =
    changed(id) { copy(answer = (answer ?: Answer()).change()) }

/** Tell whether a message is in view. */
internal fun List<Turn>.shows(messageId: String): Boolean = any { turn -> turn.messages.any { it.id == messageId } }

/** Put a message into its turn. */
internal fun List<Turn>.with(message: Said): List<Turn> =
    changed(message.turnId ?: message.id) { copy(messages = messages + message) }

/** A turn takes up the messages it names, from other turns or from [aside]. */
internal fun List<Turn>.gathered(id: String, messageIds: List<String>, aside: List<Said>): List<Turn> {
    val here = flatMap { turn -> turn.messages.map { it.id } }.toSet()
    val elsewhere = filter { it.id != id }.flatMap { it.messages }
    val moving = (elsewhere + aside.filter { it.id !in here }).filter { it.id in messageIds }
    if (moving.isEmpty()) return this
    return map { if (it.id == id) it else it.copy(messages = it.messages - moving.toSet()) }
        .changed(id) { copy(messages = (messages + moving).sortedBy { messageIds.indexOf(it.id) }) }
        .filter { it.id == id || it.messages.isNotEmpty() || it.answer != null }
}

/** Return turns from messages as the archive has them. */
internal fun turnsOf(messages: List<Said>): List<Turn> {
    val turns = LinkedHashMap<String, Turn>()
    for (message in messages) {
        val id = message.turnId ?: message.answered?.turnId ?: message.id
        val turn = (turns[id] ?: Turn(id)).copy(siblings = message.siblings)
        turns[id] = if (message.role == "assistant") turn.answered(message) else turn.asked(message)
    }
    return turns.values.toList()
}

private fun Turn.asked(message: Said): Turn {
    val asked = copy(messages = messages + message)
    return if (message.failed == null) asked else asked.copy(phase = Phase.FAILED, failure = message.failed)
}

private fun Turn.answered(message: Said): Turn {
    val how = message.answered
    val answer = Answer(message.id, message.text, how?.persona?.ifEmpty { null }, how?.finishReason == "stopped")
    return copy(phase = Phase.DONE, answer = answer)
}
