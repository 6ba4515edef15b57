"""Chance is gentle: it never speaks where it could hurt, and never against the user."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.resources import Choice
from sessions.personas.recommend import Recommendation
from sessions.profiles.choosing import Weighed, choose
from sessions.profiles.insight import Insight
from sessions.profiles.policy import STEADY
from sessions.profiles.situation import Situation
from tests.personas import packaged
from tests.sessions.profiles.evidence import NOW, profile, situation

CATALOGUE = packaged()
CLOSE = {"lua": 0.1, "elro": 0.42, "riri": 0.38, "nana": 0.1}
FRIEND = Insight(profile=profile(turns=20), now=NOW)


def recommended(chances: dict[str, float], *, chosen: str | None = None) -> Recommendation:
    ranked = sorted(chances, key=lambda one: (one != chosen, -chances[one]))
    return Recommendation(
        persona=ranked[0],
        choices=tuple(
            Choice(persona=one, probability=chances[one], reason=f"for {one}") for one in ranked[:3]
        ),
        chances=chances,
        resonance_key="calm-medium-planning",
        resonance_confidence=0.7,
        override=chosen is not None,
    )


def turn(
    number: int,
    *,
    insight: Insight = FRIEND,
    now: Situation | None = None,
    language: str = "en",
    chosen: str | None = None,
    chances: dict[str, float] = CLOSE,
    first: bool = True,
) -> Any:
    weighed = Weighed(situation=now or situation(), pulls={}, leaning={})
    return choose(
        recommended(chances, chosen=chosen),
        weighed,
        insight,
        CATALOGUE,
        turn_id=f"t_{number}",
        language=language,
        first=first,
    )


def test_now_and_then_a_close_second_gets_a_turn_and_it_is_said() -> None:
    turns = [turn(number) for number in range(200)]
    given_one = [(found, how) for found, how in turns if found.persona == "riri"]

    assert 0.25 < len(given_one) / 200 < 0.42, "0.32 is the chance of a second so close"
    found, how = given_one[0]
    assert found.choices[0].persona == how.persona == "riri"
    assert found.choices[0].reason == "Close to the best match; Riri gets a turn now and then."
    assert found.choices[0].probability == CLOSE["riri"]
    assert len(found.choices) == 3
    assert sum(found.persona in ("elro", "riri") for found, _ in turns) > 190


def test_very_rarely_anybody_gets_a_turn_and_it_is_said() -> None:
    turns = [turn(number)[0] for number in range(1_000)]
    reasons = [each.choices[0].reason for each in turns if each.persona == "nana"]

    assert 0 < len(reasons) <= 15, "five are expected"
    assert set(reasons) == {"Another view for once; Nana gets a turn very rarely."}


def test_it_is_said_in_korean_to_who_writes_korean() -> None:
    reasons = {turn(number, language="ko")[0].choices[0].reason for number in range(40)}

    assert "리리도 거의 비슷하게 잘 맞아서, 가끔은 이렇게 만나 보실 수 있어요." in reasons


@pytest.mark.parametrize(
    "options",
    [
        {"insight": Insight(now=NOW)},
        {"insight": Insight(profile=profile(turns=4), now=NOW)},
        {"insight": Insight(profile=profile(turns=50, learning=False), now=NOW)},
        {"now": situation("planning", "heavy")},
        {"chosen": "nana"},
        {"first": False},
    ],
    ids=["stranger", "first turns", "learning off", "hard week", "pinned", "amid a session"],
)
def test_chance_has_no_say(options: dict[str, Any]) -> None:
    for number in range(60):
        found, how = turn(number, **options)
        assert found.persona == options.get("chosen", "elro")
        assert how.propensities[found.persona] == 1.0


def test_a_turn_that_is_answered_again_by_another_process_keeps_its_persona() -> None:
    assert [turn(n)[0].persona for n in range(30)] == [turn(n)[0].persona for n in range(30)]


@given(st.lists(st.floats(0.001, 1), min_size=4, max_size=4), st.integers(0, 1000))
def test_the_logged_propensity_is_that_of_who_answers(raw: list[float], number: int) -> None:
    chances = {one: each / sum(raw) for one, each in zip(CATALOGUE.ids, raw, strict=True)}

    found, how = turn(number, chances=chances)

    assert sum(how.propensities.values()) == pytest.approx(1.0)
    assert how.propensities[found.persona] >= STEADY.least
    assert how.persona == found.persona
