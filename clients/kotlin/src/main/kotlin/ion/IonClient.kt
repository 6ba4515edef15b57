package ion

import ion.frames.Device
import java.io.IOException
import java.util.UUID
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel as Signal
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

// A frame has 64 KiB; what is beside the text in one takes far less than this.
private const val MOST_TEXT_BYTES = 65_536 - 4_096

/**
 * A user of the ION server at [url]: one connection for all sessions, which comes back by itself.
 *
 * Without a [token] source the user is an anonymous account that lives in [storage]. What was sent
 * waits in [storage] until the server has it, also when the program ends. [now] is ms of a clock that
 * never goes back, [wall] ms since 1970. All work is done in [scope], off the main thread.
 */
class IonClient(
    url: String,
    token: TokenSource? = null,
    storage: Storage = MemoryStorage(),
    transport: Transport = OkHttpTransport(),
    device: Device? = null,
    backoff: () -> Backoff = { Backoff() },
    internal val now: () -> Long = { System.nanoTime() / 1_000_000 },
    wall: () -> Long = System::currentTimeMillis,
    scope: CoroutineScope = CoroutineScope(SupervisorJob()),
) {
    private val base = url.trimEnd('/')
    @OptIn(ExperimentalCoroutinesApi::class)
    private val lane = Dispatchers.Default.limitedParallelism(1)
    private val scope = CoroutineScope(scope.coroutineContext + lane)
    private val outbox = Outbox(storage)
    private val core = Core(device)
    private val tokens = token ?: AnonymousAccount(base, transport, storage, wall)
    private val connection = Connection(
        url = base.replaceFirst("http", "ws") + "/api/v2.1/ws",
        core = core,
        transport = transport,
        tokens = tokens,
        backoff = backoff(),
        now = now,
        onNews = ::publish,
        onState = ::become,
    )
    private val sessions = LinkedHashMap<Channel, Session>()
    private val listeners = CopyOnWriteArrayList<(Event) -> Unit>()
    private val chores = Signal<suspend () -> Unit>(Signal.UNLIMITED)
    private val loading = Mutex()
    private var loaded = false
    private var running: Job? = null
    private val connectionState = MutableStateFlow(State.IDLE)
    private val unreadAnswers = MutableStateFlow(0)

    /** How the connection is. */
    val state: StateFlow<State> = connectionState.asStateFlow()

    /** How many answers were not read in all open sessions. */
    val unread: StateFlow<Int> = unreadAnswers.asStateFlow()

    /** All that happens from now on; nothing is dropped, however slowly it is collected. */
    val events: Flow<Event> = callbackFlow {
        val off = on { trySend(it) }
        awaitClose { off.close() }
    }.buffer(Signal.UNLIMITED)

    /** Connect, and stay connected until [close]; returns at once. */
    suspend fun connect() = act {
        if (running?.isActive == true) connection.wake() else running = scope.launch { live() }
    }

    /** Go away. Running turns go on; unsent messages stay in the storage. */
    suspend fun close() {
        withContext(lane) {
            running?.cancelAndJoin()
            doLeft()
        }
    }

    /** The app or the network is back: try again now, or check that an open connection is alive. */
    fun wake() {
        scope.launch { connection.wake() }
    }

    /** Return a new session, or the one that [id] names: the server's id, or the key it has here. */
    suspend fun session(id: String? = null): Session = within {
        val (key, known) = if (id == null) Outbox.LOCAL + UUID.randomUUID() to null else outbox.resolve(id)
        sessionOf(core.open(key, known)).also { changed() }
    }

    /** Return an access token for the REST API; throws what the token source does, or IOException. */
    suspend fun token(): String = tokens.token(stale = false)

    /** Call [listener] for all that happens, on a background thread; close what it returns to end that. */
    fun on(listener: (Event) -> Unit): AutoCloseable {
        listeners += listener
        return AutoCloseable { listeners -= listener }
    }

    internal suspend fun act(action: (Core) -> Unit) = within {
        action(core)
        changed()
    }

    internal suspend fun submit(
        session: Session,
        text: String,
        about: String? = null,
        persona: String? = null,
        policy: String = "merge",
    ): String = within {
        val channel = session.channel
        val id = "c${UUID.randomUUID().toString().replace("-", "")}"
        val entry = Entry(id, channel.key, outbox.number(), text, channel.id, about, persona, policy)
        if (isTooLong(text)) throw IonException("text_too_long", "no frame holds so much text")
        outbox.add(entry)
        core.submit(channel, entry)
        changed()
        id
    }

    /** Do something about a message that failed; it is so in the storage too, soon after. */
    internal suspend fun reconsider(action: (Core) -> Unit) {
        act(action)
        withContext(lane) { if (running?.isActive != true) doLeft() }
    }

    internal fun forget(session: Session) {
        sessions.remove(session.channel)
    }

    /** Do something on the one lane that touches the core, after what was unsent has been read. */
    private suspend fun <T> within(action: suspend () -> T): T = withContext(lane) {
        loading.withLock { if (!loaded) load() }
        action()
    }

    private suspend fun load() {
        for (entry in outbox.load()) {
            val (key, id) = outbox.resolve(entry.key)
            val channel = core.open(key, entry.sessionId ?: id)
            core.submit(channel, entry)
            core.close(channel)
        }
        loaded = true
    }

    private suspend fun live(): Unit = coroutineScope {
        val writer = launch { for (chore in chores) withContext(NonCancellable) { done(chore) } }
        try {
            connection.run()
        } finally {
            writer.cancel()
        }
    }

    /** Do a chore of the storage; one that fails leaves a message that is told as known when said again. */
    private suspend fun done(chore: suspend () -> Unit) {
        try {
            chore()
        } catch (_: IOException) {
            return
        }
    }

    private suspend fun doLeft() {
        while (true) done(chores.tryReceive().getOrNull() ?: break)
    }

    private fun sessionOf(channel: Channel) = sessions.getOrPut(channel) { Session(this, channel) }

    private fun changed() {
        publish()
        connection.flush()
    }

    private fun publish() {
        val news = core.news()
        for (session in sessions.values) session.publish()
        unreadAnswers.value = sessions.keys.sumOf { it.unread }
        news.forEach(::tell)
    }

    private fun tell(news: News) {
        when (news) {
            is News.Bound -> later { outbox.bind(news.channel.key, news.channel.id.orEmpty()) }
            is News.Accepted -> later { outbox.remove(news.sending.entry.id) }
            is News.Refused -> keep(news.sending.kept())
            is News.Retried -> keep(news.sending.kept())
            is News.Discarded -> later { outbox.remove(news.sending.entry.id) }
            else -> {}
        }
        sessions[news.channel]?.let(news::event)?.let(::emit)
    }

    private fun keep(entry: Entry) = later {
        // a second answer that can't be had is not tried again
        if (entry.about == null) outbox.add(entry) else outbox.remove(entry.id)
    }

    private fun later(chore: suspend () -> Unit) {
        chores.trySend(chore)
    }

    private fun become(state: State, reason: IonException?) {
        connectionState.value = state
        emit(Event.StateChanged(state, reason))
    }

    private fun emit(event: Event) {
        for (listener in listeners) {
            try {
                listener(event)
            } catch (error: Exception) {
                // a fault of the program, which must not end the connection
                scope.launch { throw error }
            }
        }
    }
}

private fun isTooLong(text: String): Boolean =
    Codec.json.encodeToString(kotlinx.serialization.serializer<String>(), text).toByteArray().size > MOST_TEXT_BYTES
