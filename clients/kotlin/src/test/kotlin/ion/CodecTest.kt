package ion

import ion.frames.Hello
import ion.frames.Pong
import ion.frames.Send
import ion.frames.Unknown
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test

class CodecTest {
    @Test
    fun `a frame of a new type, or one without sense, keeps its place in the log`() {
        val place = """"session_id":"s","seq":7"""
        assertEquals(Unknown("party", "s", 7), Codec.decode("""{"type":"party",$place,"cake":[1]}"""))
        assertEquals(Unknown("delta", "s", 7), Codec.decode("""{"type":"delta",$place,"text":null}"""))
    }

    @Test
    fun `new fields are ignored, and what is no frame at all is nothing`() {
        assertEquals(Pong("n"), Codec.decode("""{"type":"pong","nonce":"n","new":{"a":[]}}"""))
        for (text in listOf("", "null", "[]", "{", "7", """{"type":{}}""")) assertNull(Codec.decode(text))
    }

    @Test
    fun `what is sent has its type and leaves out what is not set`() {
        val said = Codec.json.parseToJsonElement(Codec.encode(Send("c", "\uD83D\uDE42")))
        assertEquals(Codec.json.parseToJsonElement("""{"type":"send","client_msg_id":"c","text":"🙂"}"""), said)
        assertEquals("""{"type":"hello","token":"t"}""", Codec.encode(Hello("t")))
    }
}
