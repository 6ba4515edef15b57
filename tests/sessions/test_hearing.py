"""What is heard in a message before it is answered."""

import pytest

from sessions.conversation import Conversation
from sessions.hearing import LONG_CHARS, Hearing
from sessions.lane import Lane
from sessions.personas.resonance import parse_key
from sessions.profiles.insight import STRANGER
from tests.personas import packaged

_NOTHING_SAID = Conversation(session_id="s_1")


@pytest.fixture
def hearing() -> Hearing:
    return Hearing(packaged(), Lane(), None)


async def test_who_wants_a_mentor_gets_them_and_who_names_nobody_does_not(
    hearing: Hearing,
) -> None:
    plan = "Give me a plan with steps for my thesis"
    chosen, unknown, free = [
        await hearing.hear(plan, _NOTHING_SAID, STRANGER, turn_id="t_1", pinned=pinned)
        for pinned in ("nana", "somebody", None)
    ]

    assert chosen.routing.persona == "nana"
    assert unknown.routing == free.routing


async def test_a_message_with_a_risk_chooses_nobody_by_what_was_learned(hearing: Hearing) -> None:
    heard = await hearing.hear("I want to kill myself", _NOTHING_SAID, STRANGER, turn_id="t_1")

    assert heard.risk is not None
    assert heard.chosen is None
    assert heard.vector is None


async def test_a_key_stands_for_what_would_be_heard(hearing: Hearing) -> None:
    heard = await hearing.hear(
        "hello", _NOTHING_SAID, STRANGER, turn_id="t_1", key=parse_key("anxious-burst-seek_advice")
    )

    assert heard.routing.resonance_key == "anxious-burst-seek_advice"


async def test_a_long_message_is_read_as_a_short_one_is(hearing: Hearing) -> None:
    words = "I am so worried about my exam. "
    short, long = [
        await hearing.hear(words * times, _NOTHING_SAID, STRANGER, turn_id="t_1")
        for times in (1, 2 + LONG_CHARS // len(words))
    ]

    assert long.routing.persona == short.routing.persona
