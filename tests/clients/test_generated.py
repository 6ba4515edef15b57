"""The types of every client are the contract's types."""

import pytest

from clients.generate import CLIENTS, documents
from clients.generator import kotlin, model, swift, typescript
from schemas.frames import CLIENT_FRAMES, CONNECTION_FRAMES, LOG_FRAMES

SCHEMA = {
    "$defs": {
        "Wish": {
            "description": "What is wished for.",
            "properties": {
                "type": {"enum": ["wish"]},
                "session_id": {"type": "string", "maxLength": 64},
                "seq": {"type": "integer"},
                "at": {"type": "string"},
                "private": {"type": "boolean", "default": False},
                "when": {"type": "string", "default": ""},
                "mood": {"enum": ["calm", "sad"], "default": "calm"},
                "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}, "default": []},
                "reason": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
                "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
            },
            "required": ["type", "session_id", "seq", "at", "counts"],
        },
        "Bye": {"properties": {"type": {"enum": ["bye"]}}, "required": ["type"]},
        "Part": {"properties": {"share": {"type": "number"}}, "required": ["share"]},
        "ClientFrame": {"oneOf": [{"$ref": "#/$defs/Bye"}]},
        "ServerFrame": {"oneOf": [{"$ref": "#/$defs/Wish"}]},
    }
}


@pytest.mark.parametrize("name", documents())
def test_the_generated_file_is_fresh(name: str) -> None:
    assert (CLIENTS / name).read_text() == documents()[name], "run: make generate"


def test_every_frame_is_there_in_every_language() -> None:
    made = documents()
    for frame in (*CLIENT_FRAMES, *CONNECTION_FRAMES, *LOG_FRAMES):
        name, tag = frame.__name__, frame.__struct_config__.tag
        assert (
            f'export interface {name} {{\n  type: "{tag}";' in made["web/src/generated/frames.ts"]
        )
        assert (
            f'@SerialName("{tag}")\npublic data class {name}('
            in made["kotlin/src/main/kotlin/ion/Frames.kt"]
        )
        assert f"    public struct {name}: " in made["swift/Sources/Ion/Frames.swift"]


def test_typescript_says_what_may_be_left_out() -> None:
    text = typescript.frames(model.frames(SCHEMA))
    assert "/** What is wished for. */\nexport interface Wish {" in text
    assert '  /** Left out: "calm". */\n  mood?: "calm" | "sad";' in text
    assert "  reason?: string | null;\n  counts: Record<string, number>;" in text
    assert "export type LogFrame =\n  | Wish;" in text


def test_kotlin_gives_every_field_that_may_be_left_out_its_default() -> None:
    text = kotlin.frames(model.frames(SCHEMA))
    assert "    override val seq: Long,\n    override val at: String," in text
    assert '    val mood: String = "calm",\n    val parts: List<Part> = emptyList(),' in text
    assert (
        "    val reason: String? = null,\n    val counts: Map<String, Long>,\n) : LogFrame" in text
    )
    assert '    val private: Boolean = false,\n    val `when`: String = "",' in text
    assert "public class Bye(\n) : ClientFrame" in text
    assert '"wish" -> Wish.serializer()\n            else -> Unknown.serializer()' in text


def test_swift_survives_missing_keys_and_new_frames() -> None:
    text = swift.frames(model.frames(SCHEMA))
    assert 'self.mood = try box.decodeIfPresent(String.self, forKey: .mood) ?? "calm"' in text
    assert "self.seq = try box.decode(Int.self, forKey: .seq)" in text
    assert "public var `private`: Bool" in text
    assert "self = known ?? .unknown(other)" in text
    assert "case .wish(let frame): return (frame.sessionId, frame.seq)" in text
