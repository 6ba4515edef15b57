package ion

import ion.frames.Message as Said

/** A message takes the place of another: that one and all after it leave the view, read. */
internal fun Log.withoutMessage(message: Said): Log {
    val turnId = message.turnId ?: message.id
    val at = turns.indexOfFirst { turn -> turn.messages.any { it.id == message.supersedes } }
    if (at >= 0) return cut(at, turnId, turns[at].messages.takeWhile { it.id != message.supersedes })
    val first = aside.firstOrNull { it.id == message.supersedes } ?: return this
    val place = placeOf(first.turnId ?: first.id)
    if (place < 0) return tornBy(turnId)
    // it stood behind words that were edited, and comes again
    return if (turns[place].id == turnId) this else cut(place, turnId, emptyList())
}

/**
 * A turn takes the place of another: that one's answer and all after it leave the view. Turns
 * begin in order, so those that still wait came after it: what waited before has been stopped.
 */
internal fun Log.withoutTurn(supersedes: String, id: String, messageIds: List<String>): Log {
    val at = placeOf(supersedes)
    val there = turns.getOrNull(at)
    if (there?.id == id) return this
    if (there != null && there.id != supersedes && there.phase == Phase.WAITING) return passedBy(at, id)
    if (id in gone) return this
    if (there == null) return if (supersedes in gone) tornBy(id) else this
    return cut(at, id, there.messages.filter { it.id in messageIds }, waiting = true)
}

/** A turn begins whose place a newer one has taken already: it is only one more version there. */
private fun Log.passedBy(at: Int, id: String): Log {
    val there = turns[at]
    if (id in there.siblings) return this
    val siblings = there.siblings.dropLast(1) + id + there.id
    val moved = turns.toMutableList().also { it[at] = there.copy(siblings = siblings) }
    return copy(turns = moved, gone = gone + id)
}

/** What a turn takes the place of has left the view: only a snapshot can tell what is shown now. */
private fun Log.tornBy(id: String): Log = copy(torn = true, gone = gone + id)

private fun Log.cut(at: Int, id: String, kept: List<Said>, waiting: Boolean = false): Log {
    val old = turns[at]
    val later = turns.drop(at + 1)
    val stays = later.filter { waiting && it.id != id && it.phase == Phase.WAITING }
    val left = (listOf(old) + later).filter { it.id != id && it !in stays }
    val fresh = later.firstOrNull { it.id == id } ?: Turn(id)
    val siblings = old.siblings.ifEmpty { listOf(old.id) } + id
    val new = fresh.copy(messages = kept + (fresh.messages - kept.toSet()), siblings = siblings)
    return copy(
        turns = turns.take(at) + new + stays,
        gone = gone + left.map { it.id },
        aside = aside + left.flatMap { it.messages }.filter { it !in kept },
        unread = 0,
    )
}

private fun Log.placeOf(id: String): Int = turns.indexOfFirst { it.id == id || id in it.siblings }
