package ion

import java.io.IOException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.junit.Assert.assertEquals
import org.junit.Test

class TokensTest {
    private val storage = MemoryStorage()
    private val asked = mutableListOf<String>()
    private var answer = 200
    private var now = 0L
    private val transport = object : Transport {
        override suspend fun open(url: String, protocol: String) = throw AssertionError("no socket is needed")

        override suspend fun post(url: String, json: String): Reply {
            yield()
            asked += url.substringAfterLast('/') + json
            val n = asked.size
            val refused = answer != 200 && url.endsWith("refresh")
            val body = """{"user_id":"u","access_token":"a$n","refresh_token":"r$n","expires_in":3600,"new":1}"""
            return if (refused) Reply(answer, "") else Reply(200, body)
        }
    }

    private fun account() = AnonymousAccount("http://ion", transport, storage) { now }

    @Test
    fun `an account is made once, and is the same after a restart`() = runBlocking {
        assertEquals("a1", account().token(stale = false))
        assertEquals("a1", account().token(stale = false))
        assertEquals(listOf("anonymous{}"), asked)
    }

    @Test
    fun `who asks twice at a time has one account`() = runBlocking {
        val account = account()
        assertEquals(listOf("a1", "a1"), List(2) { async { account.token(stale = false) } }.awaitAll())
    }

    @Test
    fun `a token is renewed when it is about to end, or was refused`() = runBlocking {
        val account = account()
        account.token(stale = false)
        assertEquals("a2", account.token(stale = true))
        assertEquals("a2", account.token(stale = false))
        now = 3_600_000 - 20_000
        assertEquals("a3", account.token(stale = false))
        assertEquals(listOf("anonymous{}", """refresh{"refresh_token":"r1"}""", """refresh{"refresh_token":"r2"}"""), asked)
    }

    @Test
    fun `tokens that cannot be kept are used, and kept as soon as there is room`() = runBlocking {
        var full = false
        val disk = object : Storage by storage {
            override suspend fun set(key: String, value: String) =
                if (full) throw IOException("no space left") else storage.set(key, value)
        }
        val account = AnonymousAccount("http://ion", transport, disk) { now }
        account.token(stale = false)
        full = true
        for (n in 2..3) assertEquals("a$n", account.token(stale = true))
        assertEquals("""refresh{"refresh_token":"r2"}""", asked.last())
        full = false
        assertEquals("a3", account.token(stale = false))
        assertEquals("a3", account().token(stale = false))
    }

    @Test
    fun `who cannot be renewed any more becomes somebody new`() = runBlocking {
        val account = account()
        account.token(stale = false)
        answer = 401
        assertEquals("a3", account.token(stale = true))
        assertEquals("a3", account.token(stale = false))
    }
}
