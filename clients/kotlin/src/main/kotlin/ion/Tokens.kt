package ion

import java.io.IOException
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException

/** Where access tokens come from. */
fun interface TokenSource {
    /**
     * Return an access token; [stale] says that the server refused the last one.
     *
     * Throws IonException when there is none to be had (not `retryable`: the client is denied),
     * anything else when asking failed.
     */
    suspend fun token(stale: Boolean): String
}

@Serializable
internal data class Tokens(
    @SerialName("user_id") val userId: String,
    @SerialName("access_token") val accessToken: String,
    @SerialName("refresh_token") val refreshToken: String,
    @SerialName("expires_in") val expiresIn: Long = 0,
    @SerialName("expires_at") val expiresAt: Long = 0,
)

/** An anonymous account that lives in [storage] and renews itself; [wall] is ms since 1970. */
internal class AnonymousAccount(
    private val url: String,
    private val transport: Transport,
    private val storage: Storage,
    private val wall: () -> Long,
) : TokenSource {
    private val asking = Mutex()
    private var refused: String? = null
    private var last: String? = null
    /** What the storage had no room for: what it holds was spent for these. */
    private var unkept: Tokens? = null

    override suspend fun token(stale: Boolean): String = asking.withLock {
        if (stale) refused = last
        unkept?.let { keep(it) }
        val kept = unkept ?: storage.get(KEY)?.let { decoded(it) }
        val usable = kept != null && kept.accessToken != refused && kept.expiresAt - EARLY_MS > wall()
        val tokens = if (usable) kept else renewed(kept)
        last = tokens.accessToken
        tokens.accessToken
    }

    private suspend fun renewed(kept: Tokens?): Tokens {
        if (kept == null) return obtained(transport.post("$url/api/v2.1/auth/anonymous", "{}"))
        val body = Codec.json.encodeToString(Refresh.serializer(), Refresh(kept.refreshToken))
        val reply = transport.post("$url/api/v2.1/auth/refresh", body)
        // an account that is no more: this device belongs to a new one
        return if (reply.status == UNAUTHORIZED) renewed(null) else obtained(reply)
    }

    private suspend fun obtained(reply: Reply): Tokens {
        if (reply.status !in OK) throw IOException("the server answered ${reply.status}")
        val pair = decoded(reply.body) ?: throw IOException("the server answered no tokens")
        val tokens = pair.copy(expiresAt = wall() + pair.expiresIn * MS)
        keep(tokens)
        return tokens
    }

    private suspend fun keep(tokens: Tokens) {
        unkept = try {
            storage.set(KEY, Codec.json.encodeToString(Tokens.serializer(), tokens))
            null
        } catch (_: IOException) {
            tokens
        }
    }

    private fun decoded(text: String): Tokens? = try {
        Codec.json.decodeFromString(Tokens.serializer(), text)
    } catch (_: SerializationException) {
        null
    }

    @Serializable
    private data class Refresh(@SerialName("refresh_token") val refreshToken: String)

    private companion object {
        const val KEY = "ion.tokens"
        const val EARLY_MS = 30_000L
        const val MS = 1_000L
        const val UNAUTHORIZED = 401
        val OK = 200..299
    }
}
