"""Profiles and the log of choices come back as they were from every store, whoever writes them."""

import asyncio
from datetime import timedelta
from typing import Any

from sessions.profiles.documents import CHOICES, PROFILES, ChoiceDocument, Chosen, Folded
from sessions.profiles.learner import changed_profile
from sessions.profiles.learning import learned
from sessions.stores.documents import Range
from tests.sessions.profiles.evidence import NOW, evidence, profile


def row(number: int) -> ChoiceDocument:
    return ChoiceDocument(
        id=f"pt_{number}",
        user="pu_1",
        at=NOW + timedelta(minutes=number),
        expires_at=NOW + timedelta(days=90),
        chosen=Chosen(
            persona="nana",
            intent="planning",
            mood="level",
            probabilities={"lua": 0.1, "nana": 0.9},
            leaning={"nana": 1.5},
            pulls={"nana": 0.1},
            propensities={"lua": 0.0, "nana": 1.0},
            policy="steady",
        ),
        propensity=1.0,
        signals={"follow_up": 0.53},
        reward=0.53,
    )


async def test_a_profile_and_a_choice_come_back_as_they_were(documents: Any) -> None:
    folded = Folded(
        persona="lua", intent="learning", since=1.5, at=2.5, good=0.25, bad=0.5, signals=3
    )
    known = profile(evidence(1, style={"message/length": -1.5}), folded=(folded,))
    await documents.insert(PROFILES, known)
    await documents.insert(CHOICES, row(1))

    assert await documents.get(PROFILES, known.id) == known
    assert await documents.get(CHOICES, "pt_1") == row(1)
    later = Range(gte=NOW)
    assert await documents.find(CHOICES, "by_user", {"user": "pu_1"}, bounds=later) == [row(1)]
    assert await documents.find(CHOICES, "by_time", {}, bounds=later) == [row(1)]
    assert await documents.find(PROFILES, "stale", {}, bounds=Range(lte=NOW)) == []


async def test_writers_at_once_lose_no_evidence(documents: Any) -> None:
    async def write(number: int) -> None:
        await changed_profile(
            documents, profile(), lambda known: learned(known, [evidence(number)], now=NOW)
        )

    await asyncio.gather(*(write(number) for number in range(6)))

    stored = await documents.get(PROFILES, "pu_1")
    assert sorted(each.key for each in stored.evidence) == [f"pt_{number}" for number in range(6)]
    assert stored.version == 6
