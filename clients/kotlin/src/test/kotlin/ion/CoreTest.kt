package ion

import ion.frames.Ack
import ion.frames.Attach
import ion.frames.Attached
import ion.frames.ClientFrame
import ion.frames.Detach
import ion.frames.Error
import ion.frames.Limits
import ion.frames.Send
import ion.frames.ServerFrame
import ion.frames.Stop
import ion.frames.Typing
import ion.frames.Welcome
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

private const val AT = "2026-11-01T09:00:00Z"

class CoreTest {
    private val core = Core(null)
    private var now = 0L
    private var n = 0L

    private fun welcome(sessions: Long = 16) {
        core.connected("token")
        core.receive(Welcome("n", "u", "2.1", AT, 25, Limits(8_000, 65_536, sessions)), now)
    }

    private fun hear(frame: ServerFrame): List<ClientFrame> = core.receive(frame, now).let { core.framesToSend(now) }

    private fun say(channel: Channel, id: String): List<ClientFrame> {
        core.submit(channel, Entry(id, channel.key, n++, "text", channel.id))
        return core.framesToSend(now)
    }

    private fun ack(id: String, session: String = "s") = Ack(id, session, "t-$id", "m-$id", false)

    @Test
    fun `a session says one message at a time, others do not wait for it`() {
        welcome()
        val (one, two) = core.open("new:1", null) to core.open("new:2", null)
        assertEquals(listOf(Send("a", "text")), say(one, "a"))
        assertEquals(emptyList<ClientFrame>(), say(one, "b"))
        assertEquals(listOf(Send("c", "text")), say(two, "c"))
        assertEquals(listOf(Send("b", "text", "s")), hear(ack("a")))
        assertEquals("s", one.id)
    }

    @Test
    fun `who stops before the ack stops the turn that the message begins, also after a reconnect`() {
        welcome()
        val channel = core.open("new:1", null)
        say(channel, "a")
        core.stop(channel)
        assertEquals(listOf(Stop("s", "t-a")), hear(ack("a")))
        core.receive(Attached("s", "e", 0, recovered = true), now)
        core.disconnected()
        welcome()
        assertEquals(listOf(Stop("s", "t-a")), hear(Attached("s", "e", 0, recovered = true)))
    }

    @Test
    fun `a message that the server wants later comes later, with the same id, and what it never wants has failed`() {
        welcome()
        val channel = core.open("s", "s")
        assertEquals(listOf(Attach("s"), Send("a", "text", "s")), say(channel, "a"))
        assertEquals(emptyList<ClientFrame>(), hear(Error("rate_limited", "", true, 700, "a")))
        assertEquals(700L, core.due())
        now = 700
        assertEquals(listOf(Send("a", "text", "s")), core.framesToSend(now))
        hear(Error("text_too_long", "", false, null, "a"))
        assertEquals(Status.FAILED to "text_too_long", channel.sendings.single().let { it.status to it.error })
        assertEquals(null, core.overdue())
    }

    @Test
    fun `whoever is asked to wait waits, however often, but not for hours`() {
        welcome()
        val channel = core.open("s", "s")
        say(channel, "a")
        repeat(60) {
            assertEquals(emptyList<ClientFrame>(), hear(Error("rate_limited", "", true, 1_000, "a")))
            now += 1_000
            assertEquals(listOf(Send("a", "text", "s")), core.framesToSend(now))
        }
        hear(Error("rate_limited", "", true, 120_001, "a"))
        assertEquals("rate_limited", channel.sendings.single().error)
    }

    @Test
    fun `what failed is said again under its id when it is wanted, and waits for its turn`() {
        welcome()
        val channel = core.open("s", "s")
        say(channel, "a")
        hear(Error("busy", "", false, null, "a"))
        assertEquals(listOf(Send("b", "text", "s")), say(channel, "b"))
        core.retry(channel, "a")
        assertEquals(emptyList<ClientFrame>() to null, core.framesToSend(now) to core.due())
        assertEquals(listOf(Send("a", "text", "s")), hear(ack("b")))
        core.discard(channel, "a")
        assertEquals(Status.QUEUED, channel.sendings.first { it.entry.id == "a" }.status)
        hear(Error("busy", "", false, null, "a"))
        core.discard(channel, "a")
        assertEquals(listOf("b"), channel.sendings.map { it.entry.id })
    }

    @Test
    fun `what failed in an earlier run is shown in its session, which is read only when it is opened`() {
        val entry = Entry("a", "s", n++, "text", "s", error = "text_too_long")
        core.open("s", "s").also { core.submit(it, entry) }.also(core::close)
        assertEquals(emptyList<String>(), core.connected("token").attach.map { it.sessionId })
        welcome()
        assertEquals(emptyList<ClientFrame>(), core.framesToSend(now))
        val channel = core.open("s", "s")
        assertEquals(listOf(Attach("s")), core.framesToSend(now))
        assertEquals(listOf("text_too_long"), shown(channel.log, channel.sendings).map { it.error })
    }

    @Test
    fun `the messages of a session that is not to be had have failed, and can be tried again`() {
        welcome()
        val channel = core.open("s", "s")
        say(channel, "a")
        core.news()
        hear(Error("gone", "", false, null, "s"))
        say(channel, "b")
        assertEquals(listOf("gone", "gone"), channel.sendings.map { it.error })
        assertEquals(1, core.news().count { it is News.Ended })
        core.retry(channel, "b")
        assertEquals(listOf(Attach("s"), Send("b", "text", "s")), core.framesToSend(now))
    }

    @Test
    fun `what has an ack and stands in no snapshot left the view with its branch`() {
        welcome()
        val channel = core.open("s", "s")
        say(channel, "a")
        hear(ack("a"))
        say(channel, "b")
        val edited = """{"id": "m", "role": "user", "text": "edited elsewhere", "turn_id": "t", "created_at": "$AT"}"""
        val session = """{"id": "s", "title": "", "created_at": "$AT", "updated_at": "$AT"}"""
        hear(Codec.decode("""{"type": "snapshot", "session": $session, "messages": [$edited], "epoch": "e", "seq": 7}""")!!)
        assertEquals(listOf("edited elsewhere", "text"), shown(channel.log, channel.sendings).map { it.text })
    }

    @Test
    fun `more sessions than a connection reads are read in turn, and room is kept for a new one`() {
        welcome(sessions = 3)
        for (n in 1..3) core.open("s$n", "s$n")
        assertEquals(3, core.framesToSend(now).size)
        val new = core.open("new:1", null)
        assertEquals(listOf(Detach("s1"), Send("a", "text")), say(new, "a"))
        assertEquals(listOf(Detach("s2"), Attach("s1")), core.open("s1", "s1").let { core.framesToSend(now) })
        core.disconnected()
        assertEquals(listOf("s3", "s1"), core.connected("token").attach.map { it.sessionId })
        core.disconnected()
        say(core.channels.first { it.id == "s2" }, "b")
        assertEquals(listOf("s1", "s2"), core.connected("token").attach.map { it.sessionId })
        welcome(sessions = 3)
        assertEquals(listOf(Send("b", "text", "s2")), core.framesToSend(now).filter { (it as? Send)?.sessionId != null })
    }

    @Test
    fun `typing is told at its beginning, every three seconds, and at its end`() {
        welcome()
        val channel = core.open("s", "s").also { core.framesToSend(now) }
        val told = listOf(0L to true, 1_000L to true, 3_000L to true, 3_100L to false, 3_200L to false)
            .flatMap { (at, active) -> core.typing(channel, active, at).let { core.framesToSend(at) } }
        assertEquals(listOf(true, true, false), told.map { (it as Typing).active })
        assertTrue(told.all { (it as Typing).sessionId == "s" })
    }
}
