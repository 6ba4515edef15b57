package ion

import ion.frames.ClientFrame
import ion.frames.ServerFrame
import ion.frames.Unknown
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json

/** Frames as JSON; one of a type that is not known, or that makes no sense, is [Unknown]. */
internal object Codec {
    @OptIn(ExperimentalSerializationApi::class)
    val json = Json {
        ignoreUnknownKeys = true
        explicitNulls = false
        coerceInputValues = true
    }

    fun encode(frame: ClientFrame): String = json.encodeToString(ClientFrame.serializer(), frame)

    fun decode(text: String): ServerFrame? = try {
        json.decodeFromString(ServerFrame.serializer(), text)
    } catch (_: SerializationException) {
        unknown(text)
    }

    private fun unknown(text: String): Unknown? = try {
        json.decodeFromString(Unknown.serializer(), text)
    } catch (_: SerializationException) {
        null
    }
}
