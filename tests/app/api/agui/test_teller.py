"""How a turn becomes a run, also when it begins anew."""

from typing import Any, cast

import pytest
from msgspec import structs

from app.api.agui.events import Stamp
from app.api.agui.teller import RunTeller
from app.realtime.turns import TurnFailure, TurnReader
from schemas.agui import RunAgentInput
from sessions.errors import LogUnavailable
from tests.app.api.agui.runs import answer_of, events_of, kinds, user
from tests.app.realtime.telling import Known
from tests.clocks import FakeClock
from tests.sessions.frames import delta, done, failed, restarted, routed, started


def teller() -> RunTeller:
    asked = RunAgentInput(thread_id="t", run_id="r", messages=(user("hi"),))
    return RunTeller(asked, Stamp(FakeClock()))


async def told(*frames: Any) -> list[dict[str, Any]]:
    chunks = teller().chunks(cast("TurnReader", Known(*frames)))
    return events_of((b"".join([chunk async for chunk in chunks])).decode())


async def test_silence_is_a_comment_and_no_event() -> None:
    events = await told(None, started(1), None, routed(2), delta(3, "a"), None, done(4, "a"))

    assert answer_of(events) == "a"
    assert len(kinds(events)) == 6


async def test_the_same_answer_again_is_told_once() -> None:
    events = await told(
        started(1), delta(2, "one "), started(3), delta(4, "one two"), done(5, "one two")
    )

    assert answer_of(events) == "one two"
    assert "MESSAGES_SNAPSHOT" not in kinds(events)


@pytest.mark.parametrize("whole", ["two", "one"])
async def test_another_answer_takes_the_place_of_what_was_told(whole: str) -> None:
    events = await told(
        started(1), delta(2, "one more"), restarted(3), delta(4, whole), done(5, whole)
    )

    assert kinds(events)[-3:] == ["TEXT_MESSAGE_END", "MESSAGES_SNAPSHOT", "RUN_FINISHED"]
    messages = events[-2]["messages"]
    assert [each["content"] for each in messages] == ["hi", whole]
    assert messages[0] == user("hi")


async def test_an_answer_without_words_has_no_message() -> None:
    events = await told(started(1), done(2, ""))

    assert kinds(events) == ["RUN_STARTED", "RUN_FINISHED"]


async def test_an_answer_that_was_stopped_is_a_run_that_was_cancelled() -> None:
    stopped = structs.replace(cast("Any", done(3, "a")), finish_reason="stopped")
    events = await told(started(1), delta(2, "a"), stopped)

    assert events[-1]["outcome"] == {"type": "cancelled"}


async def test_a_failure_closes_the_message_before_the_run() -> None:
    telling = teller()
    chunks = telling.chunks(cast("TurnReader", Known(started(1), delta(2, "a"), failed(3))))
    body = b""
    error: TurnFailure | None = None
    try:
        async for chunk in chunks:
            body += chunk
    except TurnFailure as caught:
        error = caught

    assert error is not None
    events = events_of((body + telling.failure(error)).decode())
    assert kinds(events)[-2:] == ["TEXT_MESSAGE_END", "RUN_ERROR"]
    assert events[-1]["code"] == "provider_unavailable"


async def test_a_run_may_fail_before_its_answer_begins() -> None:
    telling = teller()
    chunks = telling.chunks(cast("TurnReader", Known()))
    body = b"".join([chunk async for chunk in chunks])

    events = events_of((body + telling.failure(LogUnavailable("gone"))).decode())
    assert kinds(events) == ["RUN_STARTED", "RUN_ERROR"]
