package ion

import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder

class StorageTest {
    @get:Rule
    val folder = TemporaryFolder()

    @Test
    fun `both storages keep what they are given`() = runBlocking {
        for (storage in listOf(MemoryStorage(), FileStorage(File(folder.root, "new/ion")))) {
            assertNull(storage.get("a"))
            assertEquals(emptyList<String>(), storage.keys())
            storage.set("ion.queue.새/:*", "first")
            storage.set("ion.queue.새/:*", "안녕 🙂")
            storage.set("b", "")
            assertEquals("안녕 🙂", storage.get("ion.queue.새/:*"))
            assertEquals(listOf("b", "ion.queue.새/:*"), storage.keys().sorted())
            storage.remove("b")
            storage.remove("b")
            assertEquals(listOf("ion.queue.새/:*"), storage.keys())
        }
    }

    @Test
    fun `a value outlives the program, and one that was only half written is not there`() = runBlocking {
        FileStorage(folder.root).set("kept", "whole")
        File(folder.root, "torn+new").writeText("hal")
        assertEquals(listOf("kept"), FileStorage(folder.root).keys())
        assertEquals("whole", FileStorage(folder.root).get("kept"))
    }

    @Test
    fun `unsent messages come back in order, and what makes no sense is passed over`() = runBlocking {
        val storage = FileStorage(folder.root)
        val outbox = Outbox(storage)
        val entries = List(12) { Entry("c$it", "new:1", outbox.number(), "text $it") }
        entries.shuffled().forEach { outbox.add(it) }
        outbox.remove("c3")
        outbox.bind("new:1", "s_1")
        storage.set("ion.queue.broken", "{")
        val again = Outbox(FileStorage(folder.root))
        assertEquals(entries - entries[3], again.load())
        assertEquals(12L, again.number())
        assertEquals("new:1" to "s_1", again.resolve("new:1"))
        assertEquals("new:2" to null, again.resolve("new:2"))
        assertEquals("s_9" to "s_9", again.resolve("s_9"))
    }
}
