package ion

import java.util.PriorityQueue
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.resume
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Delay
import kotlinx.coroutines.DisposableHandle
import kotlinx.coroutines.InternalCoroutinesApi

/** Runs coroutines on the thread that calls [runUntil], in a time that passes at once. */
@OptIn(InternalCoroutinesApi::class)
internal class VirtualTime : CoroutineDispatcher(), Delay {
    private class Timer(val at: Long, val number: Int, val act: () -> Unit)

    private val ready = ArrayDeque<Runnable>()
    private val timers = PriorityQueue<Timer>(compareBy({ it.at }, { it.number }))
    private var made = 0

    /** In ms. */
    var now = 0L
        private set

    /** Let time pass until [ms], and do all that is due meanwhile. */
    fun runUntil(ms: Long) {
        while (true) {
            val block = ready.removeFirstOrNull()
            val timer = if (block == null) timers.peek()?.takeIf { it.at <= ms } ?: break else null
            block?.run()
            timer?.let {
                timers -= it
                now = it.at
                it.act()
            }
        }
        now = ms
    }

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        ready += block
    }

    override fun scheduleResumeAfterDelay(timeMillis: Long, continuation: CancellableContinuation<Unit>) {
        after(timeMillis) { continuation.resume(Unit) }
    }

    override fun invokeOnTimeout(timeMillis: Long, block: Runnable, context: CoroutineContext): DisposableHandle {
        val timer = after(timeMillis, block::run)
        return DisposableHandle { timers -= timer }
    }

    private fun after(ms: Long, act: () -> Unit) = Timer(now + ms, made++, act).also { timers += it }
}
