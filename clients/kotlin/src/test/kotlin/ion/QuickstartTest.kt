package ion

import java.io.ByteArrayOutputStream
import java.io.PrintStream
import org.junit.Assert.assertTrue
import org.junit.Test

class QuickstartTest {
    /** `build.sh` compiles the first program of docs/clients/kotlin.md as Quickstart.kt. */
    @Test
    fun `the quickstart of the docs prints an answer of the real product`() {
        val printed = ByteArrayOutputStream()
        val screen = System.out
        ScriptedServer("tests.rough").use { product ->
            System.setProperty("ion.url", product.url.substringBefore(' '))
            System.setOut(PrintStream(printed))
            try {
                Class.forName("QuickstartKt").getMethod("main").invoke(null)
            } finally {
                System.setOut(screen)
            }
        }
        assertTrue(printed.toString(), printed.toString().trim().length > 20)
    }
}
