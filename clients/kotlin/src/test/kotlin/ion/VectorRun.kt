package ion

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.job
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

private const val PATIENCE_MS = 10_000L
private const val LOOK_EVERY_MS = 5L

/** One vector played by the SDK against the scripted server. */
class VectorRun(private val server: ScriptedServer, private val name: String, private val vector: JsonObject) {
    private val storage = MemoryStorage()
    private val seen = mutableListOf<String>()
    private var tokens = 1
    private lateinit var scope: CoroutineScope
    private lateinit var client: IonClient
    private lateinit var session: Session

    /** Play all steps; throws AssertionError when the client or the server saw something else. */
    suspend fun run() {
        begin(null)
        for (step in vector.getValue("client") as JsonArray) step(step.jsonObject)
        vector["expect"]?.let { awaited(it.jsonObject) }
        val result = withContext(Dispatchers.IO) { Json.parseToJsonElement(server.get("$name/result")).jsonObject }
        scope.cancel()
        if (result.getValue("ok").jsonPrimitive.content != "true") throw AssertionError(result["problem"].toString())
    }

    private suspend fun begin(id: String?) {
        scope = CoroutineScope(SupervisorJob())
        client = IonClient("${server.url}/$name", { stale -> "token-${if (stale) ++tokens else tokens}" }, storage, scope = scope)
        client.on { seen += nameOf(it) }
        session = client.session(id)
    }

    private suspend fun step(step: JsonObject) {
        val text = step.values.first().let { (it as? JsonPrimitive)?.content.orEmpty() }
        when (val kind = step.keys.first()) {
            "connect" -> client.connect()
            "close" -> client.close()
            "wake" -> client.wake()
            "send" -> session.send(text, policy = step["policy"]?.jsonPrimitive?.content ?: "merge")
            "stop" -> session.stop()
            "regenerate" -> session.regenerate()
            "retry" -> session.retry(failed())
            "discard" -> session.discard(failed())
            "read" -> session.read()
            "open" -> session = client.session(text)
            "restart" -> restart()
            "await" -> awaited(step.getValue(kind).jsonObject)
            "signal" -> withContext(Dispatchers.IO) { server.post("$name/signal/${text.replace(" ", "%20")}") }
            else -> throw AssertionError("no such step: $step")
        }
    }

    private fun failed() = session.messages.value.last { it.role == Role.USER && it.status == Status.FAILED }.key

    private suspend fun restart() {
        scope.coroutineContext.job.cancelAndJoin()
        begin(session.id ?: session.key)
        client.connect()
    }

    private suspend fun awaited(wanted: JsonObject) {
        val until = System.nanoTime() + PATIENCE_MS * 1_000_000
        while (true) {
            val found = found()
            val problem = difference(wanted, found, "client") ?: return
            if (System.nanoTime() > until) throw AssertionError("$problem in $found")
            delay(LOOK_EVERY_MS)
        }
    }

    private fun found() = JsonObject(
        mapOf(
            "state" to JsonPrimitive(client.state.value.name.lowercase()),
            "unread" to JsonPrimitive(client.unread.value),
            "messages" to JsonArray(session.messages.value.map(::fieldsOf)),
            "events" to JsonArray(seen.toList().map(::JsonPrimitive)),
        ),
    )
}

private fun fieldsOf(message: Message) = JsonObject(
    mapOf(
        "key" to message.key,
        "id" to message.id,
        "role" to message.role.name.lowercase(),
        "text" to message.text,
        "status" to message.status.name.lowercase(),
        "turn_id" to message.turnId,
        "client_msg_id" to message.clientMsgId,
        "persona" to message.persona,
        "error" to message.error,
    ).mapValues { JsonPrimitive(it.value) },
)

private fun nameOf(event: Event): String = when (event) {
    is Event.StateChanged -> event.state.name.lowercase()
    is Event.Happened -> event.frame::class.simpleName.orEmpty()
    is Event.Accepted -> "ack"
    is Event.Refused, is Event.Ended -> "error"
}

/** Return where a value does not match, null when it does: objects may have more fields, lists not. */
private fun difference(wanted: JsonElement, found: JsonElement?, at: String): String? = when {
    wanted is JsonNull -> if (found == null || found is JsonNull) null else "$at should not be there"
    wanted is JsonObject && found is JsonObject ->
        wanted.firstNotNullOfOrNull { (key, value) -> difference(value, found[key], "$at.$key") }
    wanted is JsonArray && found is JsonArray && wanted.size == found.size ->
        wanted.indices.firstNotNullOfOrNull { difference(wanted[it], found[it], "$at[$it]") }
    else -> if (wanted == found) null else "$at should be $wanted and is $found"
}
