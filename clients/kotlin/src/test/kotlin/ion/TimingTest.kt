package ion

import ion.frames.Error
import kotlin.random.Random
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

class TimingTest {
    @Test
    fun `waits are spread below a ceiling that doubles and ends, and begin anew after a success`() {
        val backoffs = List(500) { Backoff(firstMs = 200, mostMs = 1_000, random = Random(it)) }
        for (ceiling in listOf(200L, 400L, 800L, 1_000L, 1_000L)) {
            val waits = backoffs.map { it.next() }
            assertTrue("$waits", waits.all { it in 0..ceiling })
            assertTrue(waits.max() > ceiling * 9 / 10 && waits.min() < ceiling / 10)
        }
        backoffs.forEach { it.reset() }
        assertTrue(backoffs.all { it.next() <= 200 })
    }

    @Test
    fun `what may be said again waits as the server asks, or longer each time, and two minutes at most`() {
        val pauses = { tries: Int -> List(200) { pauseMs(Error("busy", "", true), tries, Random(it)) } }
        for (tries in 1..6) {
            val least = 500L shl tries
            assertTrue(pauses(tries).all { it in least..<2 * least })
        }
        assertEquals(listOf<Long?>(null), pauses(8).distinct())
        val asked = listOf(700L, 120_000L, 120_001L, 0L).map { pauseMs(Error("rate_limited", "", true, it), 9, Random) }
        assertEquals(listOf(700L, 120_000L, null, null), asked)
        assertEquals(null, pauseMs(Error("turn_running", "", true, 700), 1, Random))
    }

    @Test
    fun `a silent connection is asked once and given up, one that is heard goes on`() {
        val liveness = Liveness(0, everyMs = 20, busyMs = 5, patienceMs = 8)
        assertEquals(listOf(Pulse.FINE, Pulse.PING, Pulse.FINE), listOf(19L, 20L, 27L).map(liveness::step))
        liveness.heard(27)
        assertEquals(listOf(Pulse.FINE, Pulse.PING, Pulse.FINE, Pulse.DEAD), listOf(46L, 47L, 54L, 55L).map(liveness::step))
    }

    @Test
    fun `while somebody waits for an answer it is asked sooner`() {
        val liveness = Liveness(0, everyMs = 20, busyMs = 5, patienceMs = 8)
        liveness.said(10)
        assertEquals(15L, liveness.due())
        liveness.heard(12, busy = true)
        assertEquals(17L, liveness.due())
        liveness.heard(16)
        assertEquals(36L, liveness.due())
    }

    @Test
    fun `who comes back asks at once and waits less, also when it was asked before`() {
        val liveness = Liveness(0, everyMs = 20, patienceMs = 8)
        liveness.probe(5, withinMs = 3)
        assertEquals(listOf(Pulse.PING, Pulse.FINE, Pulse.DEAD), listOf(5L, 7L, 8L).map(liveness::step))
        val asked = Liveness(0, everyMs = 20, patienceMs = 8).also { it.step(20) }
        asked.probe(21, withinMs = 3)
        assertEquals(24L, asked.due())
    }

    @Test
    fun `an answer is late a second after it was due, and one late answer says little`() {
        val trips = Trips()
        assertEquals(1_500L to 3_000L, trips.lateMs to trips.openMs)
        trips.took(5_000)
        assertEquals(2_050L, trips.lateMs)
        repeat(2) { trips.took(5_000) }
        assertEquals(3_000L, trips.lateMs)
        trips.took(10)
        trips.took(900)
        assertEquals(1_070L to 1_280L, trips.lateMs to trips.openMs)
    }
}
