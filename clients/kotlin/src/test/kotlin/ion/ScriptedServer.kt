package ion

import java.io.File
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers.noBody
import java.net.http.HttpResponse.BodyHandlers.ofString

/** A Python module of the repository that prints its address and serves until its input ends. */
class ScriptedServer(vararg module: String) : AutoCloseable {
    private val process = ProcessBuilder(listOf(ROOT.resolve(".venv/bin/python").path, "-m") + module)
        .directory(ROOT)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()
    val url: String = process.inputStream.bufferedReader().readLine() ?: error("the server did not start")
    private val http = HttpClient.newHttpClient()

    fun post(path: String): String = ask(HttpRequest.newBuilder(URI("$url/$path")).POST(noBody()))

    fun get(path: String): String = ask(HttpRequest.newBuilder(URI("$url/$path")))

    override fun close() {
        process.outputStream.close()
        process.waitFor()
    }

    private fun ask(request: HttpRequest.Builder): String = http.send(request.build(), ofString()).body()

    companion object {
        /** The repository. */
        val ROOT: File = generateSequence(File("").absoluteFile) { it.parentFile }
            .first { it.resolve("schemas/vectors").isDirectory }
    }
}
