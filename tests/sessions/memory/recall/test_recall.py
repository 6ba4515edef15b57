"""Recall on real documents: what is found, what is never found, and what is repaired."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sessions.memory.recall.house import House, house


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """A house without an encoder."""
    async with house(tmp_path) as made:
        yield made


async def test_it_finds_what_was_said(home: House) -> None:
    await home.session("s1")
    for number, (text, answer) in enumerate(
        (
            ("My sister Mina starts nursing school in March.", "How does she feel about it?"),
            ("I could not sleep before the exam.", "Shall we plan your evenings?"),
            ("I painted the kitchen yellow.", "I promise to ask about the bathroom."),
        ),
        1,
    ):
        await home.recall.note_turn(await home.says("s1", number, text, answer))
    found = await home.asks("What does my sister study?")
    assert found.state == "ready"
    assert found.hits[0].text.startswith("My sister")
    assert found.hits[0].message_id == "m_s1_1"
    found = await home.asks("what did you promise about the bathroom?")
    assert (found.hits[0].id, found.hits[0].own, found.hits[0].persona) == ("t_s1_3", False, "lua")
    assert (await home.recall.recall("u_2", "sister", now=home.clock.now())).hits == ()
