package ion

import ion.frames.Attached
import ion.frames.Delta
import ion.frames.LogFrame
import ion.frames.Message as Said
import ion.frames.MessageFrame
import ion.frames.ServerFrame
import ion.frames.Session as SessionInfo
import ion.frames.Snapshot
import ion.frames.TurnDone
import ion.frames.TurnRestarted
import ion.frames.TurnStarted
import ion.frames.Unknown
import ion.frames.Usage
import kotlin.random.Random
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

private const val AT = "2026-11-01T09:00:00Z"

class LogTest {
    private val begun = Log().after(Attached("s", "e1", 0, recovered = true))

    @Test
    fun `however often frames come, and wherever reading begins again, the log reads the same`() {
        val frames = conversation()
        val wanted = shown(frames.fold(begun, Log::after), emptyList())
        for (seed in 0L until 200L) {
            val found = delivered(frames, Random(seed)).fold(begun, Log::after)
            assertEquals("seed $seed", wanted, shown(found, emptyList()))
            assertEquals(frames.last().seq, found.cursor)
            assertEquals(4, found.unread)
        }
    }

    @Test
    fun `a frame that is missing is noticed, and nothing after it is believed`() {
        val frames = conversation()
        val torn = (frames.take(3) + frames.drop(4)).fold(begun, Log::after)
        assertTrue(torn.gap)
        assertEquals(3, torn.cursor)
        val again = torn.after(Attached("s", "e1", 3, recovered = true))
        assertEquals(frames.fold(begun, Log::after), frames.fold(again, Log::after))
    }

    @Test
    fun `until its snapshot has come, a new epoch changes nothing`() {
        val before = conversation().fold(begun, Log::after)
        val between = before.after(Attached("s", "e2", 5, recovered = false)).after(Unknown("new", "s", 6))
        assertEquals(before.epoch to before.cursor, between.epoch to between.cursor)
        val info = SessionInfo("s", "", AT, AT, unread = 1)
        val after = between.after(Snapshot(info, listOf(Said("m", "user", "Hi", AT, turnId = "t")), "e2", 6))
        assertEquals(listOf("Hi"), shown(after, emptyList()).map { it.text })
        assertEquals("e2" to 6L, after.epoch to after.cursor)
        assertFalse(after.awaiting)
    }

    @Test
    fun `an edited message that comes twice changes nothing the second time`() {
        val frames = conversation()
        val seq = frames.last().seq
        val edit = Said("m5", "user", "better", AT, clientMsgId = "c5", turnId = "t5", supersedes = "m1")
        val once = (frames + MessageFrame("s", seq + 1, AT, edit)).fold(begun, Log::after)
        val running = once.after(TurnStarted("s", seq + 2, AT, "t5", listOf("m5"), 1, supersedes = "t1"))
        val twice = running.after(MessageFrame("s", seq + 3, AT, edit))
        assertEquals(running.copy(cursor = seq + 3), twice)
        assertEquals(listOf("better"), shown(twice, emptyList()).map { it.text })
    }

    @Test
    fun `an edited message comes again behind one that is edited after it`() {
        fun said(id: String, turn: String, old: String? = null) =
            Said(id, "user", id, AT, clientMsgId = "c$id", turnId = turn, supersedes = old)

        val frames = listOf(
            MessageFrame("s", 1, AT, said("m1", "t1")),
            MessageFrame("s", 2, AT, said("m2", "t1")),
            TurnStarted("s", 3, AT, "t1", listOf("m1", "m2"), 1),
            MessageFrame("s", 4, AT, said("m3", "t2", "m2")),
            TurnStarted("s", 5, AT, "t2", listOf("m1", "m3"), 1, supersedes = "t1"),
            MessageFrame("s", 6, AT, said("m4", "t3", "m1")),
            MessageFrame("s", 7, AT, said("m3", "t3", "m2")),
            TurnStarted("s", 8, AT, "t3", listOf("m4", "m3"), 1, supersedes = "t2"),
        )
        val log = frames.fold(begun, Log::after)
        assertEquals(listOf("m4", "m3"), shown(log, emptyList()).map { it.text })
        assertFalse(log.torn)
    }

    /** Four turns, the second of which begins anew in the middle. */
    private fun conversation(): List<LogFrame> {
        var seq = 0L
        return (1..4).flatMap { n ->
            val (turn, id) = "t$n" to "a$n"
            val said = Said("m$n", "user", "said $n", AT, clientMsgId = "c$n", turnId = turn)
            listOfNotNull(
                MessageFrame("s", ++seq, AT, said),
                TurnStarted("s", ++seq, AT, turn, listOf("m$n"), 1),
                Delta("s", ++seq, AT, turn, id, "one "),
                if (n == 2) TurnRestarted("s", ++seq, AT, turn, 2) else null,
                if (n == 2) Delta("s", ++seq, AT, turn, id, "one ") else null,
                Delta("s", ++seq, AT, turn, id, "two"),
                TurnDone("s", ++seq, AT, turn, id, "lua", "one two", "stop", Usage(1, 1), "m", emptyList()),
            )
        }
    }

    /** The frames as a bad network brings them: again from an earlier place, after any of them. */
    private fun delivered(frames: List<LogFrame>, random: Random): List<ServerFrame> = frames.indices.flatMap { at ->
        val again = if (random.nextInt(3) == 0) frames.subList(random.nextInt(at + 1), at + 1) else emptyList()
        listOf(frames[at], Attached("s", "e1", frames[at].seq, recovered = true)) + again
    }
}
