"""How a turn becomes chunks, also when it begins anew."""

import json
from typing import Any, cast

import pytest

from app.api.openai.teller import CompletionTeller, completion
from app.realtime.turns import TurnFailure, TurnReader
from schemas.frames import TurnDone
from sessions.errors import InternalFault, RateLimited
from tests.app.realtime.telling import Known
from tests.sessions.frames import delta, done, failed, restarted, routed, started


class Memory:
    def __init__(self) -> None:
        self.texts: list[str] = []

    async def __call__(self, frame: TurnDone) -> None:
        self.texts.append(frame.text)


async def told(*frames: Any) -> tuple[str, list[dict[str, Any]], Memory]:
    """Return the text, the chunks and what was remembered; raises what the teller does."""
    memory = Memory()
    teller = CompletionTeller(memory, created=7, with_usage=False)
    body = b"".join([chunk async for chunk in teller.chunks(cast("TurnReader", Known(*frames)))])
    lines = [line for line in body.decode().split("\n") if line.startswith("data: ")]
    assert lines.pop() == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines]
    text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
    return text, chunks, memory


async def test_the_conversation_is_remembered_with_its_answer() -> None:
    text, chunks, memory = await told(
        started(1), routed(2), delta(3, "a "), None, delta(4, "b"), done(5, "a b")
    )

    assert text == "a b"
    assert memory.texts == ["a b"]
    assert {(chunk["id"], chunk["created"], chunk["model"]) for chunk in chunks} == {
        ("chatcmpl-t_1", 7, "ion-lua")
    }
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks][-1] == "stop"


@pytest.mark.parametrize("anew", [started(4), restarted(4)])
async def test_an_answer_that_begins_anew_is_told_once(anew: Any) -> None:
    text, _, _ = await told(
        started(1), delta(2, "one "), delta(3, "two"), anew, delta(5, "one two three"),
        done(6, "one two three"),
    )  # fmt: skip

    assert text == "one two three"


async def test_an_answer_that_becomes_another_ends_with_an_error_and_no_doubled_text() -> None:
    frames = [started(1), delta(2, "one "), restarted(3), delta(4, "two")]
    teller = CompletionTeller(Memory(), created=7, with_usage=False)
    chunks = teller.chunks(cast("TurnReader", Known(*frames)))
    said = await anext(chunks)
    with pytest.raises(InternalFault):
        await anext(chunks)

    assert said.count(b"one ") == 1


async def test_an_answer_without_words_has_a_role_and_an_end() -> None:
    text, chunks, _ = await told(started(1), done(2, ""))

    assert text == ""
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"


async def test_a_turn_that_fails_raises_with_its_code() -> None:
    for telling in (
        told(started(1), failed(2)),
        completion(_known(failed(1)), Memory(), created=7),
    ):
        with pytest.raises(TurnFailure) as caught:
            await telling
        assert (caught.value.code, caught.value.retryable) == ("provider_unavailable", True)


async def test_a_reading_that_ends_early_is_a_fault() -> None:
    with pytest.raises(InternalFault):
        await completion(_known(started(1)), Memory(), created=7)


def test_an_error_in_the_middle_has_openais_shape() -> None:
    teller = CompletionTeller(Memory(), created=7, with_usage=False)
    event = teller.failure(RateLimited("too many"))

    assert json.loads(event.removeprefix(b"data: "))["error"] == {
        "message": "too many",
        "type": "rate_limit_error",
        "param": None,
        "code": "rate_limited",
    }


def _known(*frames: Any) -> TurnReader:
    return cast("TurnReader", Known(*frames))
