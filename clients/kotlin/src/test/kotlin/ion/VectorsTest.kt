package ion

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import org.junit.AfterClass
import org.junit.BeforeClass
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized
import org.junit.runners.Parameterized.Parameters

/** Every file of schemas/vectors over real sockets, all at the same time, each a test of its own. */
@RunWith(Parameterized::class)
class VectorsTest(private val name: String) {
    @Test
    fun `is what the vector says`() = runBlocking { runs.getValue(name).await() }

    companion object {
        private val names = ScriptedServer.ROOT.resolve("schemas/vectors").list().orEmpty()
            .filter { it.endsWith(".json") }.map { it.removeSuffix(".json") }.sorted()
        private lateinit var server: ScriptedServer
        private lateinit var runs: Map<String, Deferred<Unit>>

        @JvmStatic
        @Parameters(name = "{0}")
        fun vectors(): List<Array<String>> = names.map { arrayOf(it) }

        @JvmStatic
        @BeforeClass
        fun begin() {
            server = ScriptedServer("tests.vectors")
            val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
            runs = names.associateWith { name ->
                val text = ScriptedServer.ROOT.resolve("schemas/vectors/$name.json").readText()
                val vector = Json.parseToJsonElement(text).jsonObject
                scope.async { VectorRun(server, name, vector).run() }
            }
        }

        @JvmStatic
        @AfterClass
        fun end() = server.close()
    }
}
