package ion

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse.BodyHandlers.ofString
import java.nio.file.Files
import kotlin.random.Random
import kotlin.system.exitProcess
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

private const val SESSIONS = 2
private const val END_WITHIN_MS = 60_000L
private const val LOOK_EVERY_MS = 2L

/** The SDK against the real product behind a proxy that cuts, refuses, stalls, half-opens and delays. */
private class Soak(private val network: Network, private val random: Random) {
    private val storage = FileStorage(Files.createTempDirectory("ion-soak").toFile())
    private val said = List(SESSIONS) { mutableListOf<String>() }
    private val keys = arrayOfNulls<String>(SESSIONS)
    private lateinit var scope: CoroutineScope
    private lateinit var client: IonClient
    private lateinit var sessions: List<Session>
    private val talking = Mutex()
    @Volatile private var openedAt = 0L
    private var lostAt = 0L
    val backMs = mutableListOf<Long>()
    var restarts = 0

    suspend fun run(seconds: Int) {
        begin()
        val until = System.nanoTime() + seconds * 1_000_000_000L
        coroutineScope {
            val talk = launch { talk() }
            while (System.nanoTime() < until) {
                delay(random.nextLong(500, 4_000))
                fault()
                back()
            }
            talk.cancelAndJoin()
        }
    }

    /** Wait for all answers and compare what this client, a new one and the server have; return what is wrong. */
    suspend fun problems(): List<String> {
        sessions.forEach { session -> withTimeout(END_WITHIN_MS) { session.messages.first(::settled) } }
        restart()
        withTimeout(END_WITHIN_MS) { sessions.forEach { each -> each.messages.first { it.isNotEmpty() && settled(it) } } }
        return sessions.flatMapIndexed { number, session ->
            val kept = network.messages(session.id!!, storage)
            val words = kept.filter { it.first == "user" }.map { it.second }
            val shown = session.messages.value.map { it.role.name.lowercase() to it.text }
            listOfNotNull(
                "lost: ${said[number] - words.toSet()}".takeIf { said[number].any { it !in words } },
                "doubled: ${words.groupBy { it }.filterValues { it.size > 1 }.keys}".takeIf { words.toSet().size < words.size },
                "out of order: $words".takeIf { words != said[number] },
                "$shown is shown and $kept is kept".takeIf { kept.takeLast(shown.size) != shown },
                "not answered".takeIf { kept.count { it.first == "assistant" } != words.size },
            )
        }
    }

    val messages get() = said.sumOf { it.size }

    private suspend fun begin() {
        scope = CoroutineScope(SupervisorJob())
        client = IonClient(network.url, storage = storage, scope = scope)
        client.on { if (it is Event.StateChanged && it.state == State.OPEN) openedAt = System.nanoTime() }
        sessions = keys.map { client.session(it) }
        sessions.forEachIndexed { number, session -> keys[number] = session.key }
        client.connect()
    }

    /** The program ends without goodbye, and another begins on what it left. */
    private suspend fun restart() = talking.withLock {
        restarts += 1
        scope.coroutineContext.job.cancelAndJoin()
        begin()
    }

    private suspend fun talk() {
        while (true) {
            val number = random.nextInt(SESSIONS)
            val text = "message ${said[number].size} of $number"
            said[number] += text
            talking.withLock { sessions[number].send(text, policy = "queue") }
            delay(random.nextLong(1_500, 3_500))
        }
    }

    private suspend fun fault() {
        val forMs = random.nextLong(200, 4_000)
        when (random.nextInt(8)) {
            0 -> network.say("cut")
            1 -> during("refuse", forMs) { network.say("cut") }
            2 -> during("stall", forMs) {}
            3 -> during("half-open", forMs) { network.say("cut") }
            4 -> network.say("delay ${random.nextInt(200)}")
            5 -> during("refuse", forMs) {
                network.say("cut")
                restart()
            }
            6 -> during("stall", forMs) { network.say("cut") }
            else -> {
                lostAt = System.nanoTime()
                network.say("strand")
            }
        }
    }

    private suspend fun during(what: String, ms: Long, then: suspend () -> Unit) {
        network.say("$what on")
        then()
        delay(ms)
        if (what == "half-open") network.say("cut")
        network.say("$what off")
    }

    /** The network is back, as an app hears of it: measure how long the client takes to a connection that lives. */
    private suspend fun back() {
        val began = System.nanoTime()
        client.wake()
        withTimeout(END_WITHIN_MS) {
            while (client.state.value != State.OPEN || openedAt < lostAt) delay(LOOK_EVERY_MS)
        }
        backMs += (System.nanoTime() - began) / 1_000_000
    }

    private fun settled(messages: List<Message>) =
        messages.none { it.status == Status.QUEUED || it.status == Status.STREAMING } &&
            messages.lastOrNull()?.role != Role.USER
}

/** `python -m tests.rough`: see there. */
private class Network : AutoCloseable {
    private val process = ProcessBuilder(ScriptedServer.ROOT.resolve(".venv/bin/python").path, "-m", "tests.rough")
        .directory(ScriptedServer.ROOT).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    private val lines = process.inputStream.bufferedReader()
    private val http = HttpClient.newHttpClient()
    val url: String
    private val direct: String

    init {
        val (first, second) = lines.readLine().split(' ')
        url = first
        direct = second
    }

    fun say(line: String) {
        process.outputStream.write("$line\n".toByteArray())
        process.outputStream.flush()
        check(lines.readLine() == "ok")
    }

    /** Return role and text of all messages that the server keeps of a session. */
    suspend fun messages(id: String, storage: Storage): List<Pair<String, String>> {
        val token = Json.parseToJsonElement(storage.get("ion.tokens")!!).jsonObject["access_token"]!!.jsonPrimitive.content
        var before = ""
        var all = emptyList<Pair<String, String>>()
        while (true) {
            val path = "$direct/api/v2.1/sessions/$id/messages?limit=100$before"
            val request = HttpRequest.newBuilder(URI(path)).header("Authorization", "Bearer $token").build()
            val page = Json.parseToJsonElement(http.send(request, ofString()).body()).jsonObject
            val messages = page.getValue("messages").jsonArray.map { it.jsonObject }
            all = messages.map { it.getValue("role").jsonPrimitive.content to it.getValue("text").jsonPrimitive.content } + all
            val further = page["before"]?.jsonPrimitive?.takeIf { it.isString } ?: return all
            before = "&before=${further.content}"
        }
    }

    override fun close() {
        process.outputStream.close()
        process.waitFor()
    }
}

fun main(args: Array<String>) {
    val seconds = args.firstOrNull()?.toInt() ?: 60
    val seed = args.getOrNull(1)?.toInt() ?: 7
    val problems = Network().use { network ->
        val soak = Soak(network, Random(seed))
        runBlocking {
            soak.run(seconds)
            soak.problems().also {
                val back = soak.backMs.sorted()
                println("${soak.messages} messages, ${back.size} faults, ${soak.restarts} restarts in $seconds s; back after ms: median ${back[back.size / 2]}, p95 ${back[back.size * 95 / 100]}, most ${back.last()}")
            }
        }
    }
    problems.forEach(::println)
    println("${problems.size} problems")
    exitProcess(if (problems.isEmpty()) 0 else 1)
}
