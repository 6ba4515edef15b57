"""The whole loop on simulated users: it finds what they like, lets go of it, and starves nobody."""

import math
from collections import Counter
from datetime import timedelta

from sessions.profiles.documents import Evidence, ProfileDocument
from sessions.profiles.learning import learned, pulls
from sessions.profiles.policy import STEADY, draw, leaning, propensities
from sessions.profiles.situation import Situation
from tests.sessions.profiles.evidence import NOW, evidence, profile, situation

UNSURE = {"lua": 0.06, "elro": 0.46, "riri": 0.42, "nana": 0.06}
WRONG = {"lua": 0.02, "elro": 0.93, "riri": 0.03, "nana": 0.02}
DAY = timedelta(days=1)


def leaned(
    chances: dict[str, float], known: ProfileDocument, now: Situation, *, day: int = 0
) -> dict[str, float]:
    """Return the router's probabilities with what was learned in them."""
    lean = leaning(STEADY, pulls(known, now, now=NOW + day * DAY))
    raw = {one: chance * math.exp(lean.get(one, 0.0)) for one, chance in chances.items()}
    return {one: each / sum(raw.values()) for one, each in raw.items()}


def rated(number: int, persona: str, value: float, *, day: int) -> Evidence:
    at = (NOW + day * DAY).timestamp()
    return evidence(number, persona=persona, at=at, signals={"rating": value})


def live(likes: dict[int, str], *, days: int) -> Counter[str]:
    """Have a user rate an answer a day; `likes` names the liked persona from a day on.

    Returns who answered in the last 30 days.
    """
    known, liked = profile(), ""
    answers: list[str] = []
    for day in range(days):
        liked = likes.get(day, liked)
        chances = propensities(STEADY, leaned(UNSURE, known, situation(), day=day), explorable=True)
        persona = draw(chances, f"t_{day}")
        answers.append(persona)
        news = rated(day, persona, float(persona == liked), day=day)
        known = learned(known, [news], now=NOW + day * DAY)
    return Counter(answers[-30:])


def test_the_liked_persona_comes_to_answer() -> None:
    at_first = propensities(STEADY, UNSURE, explorable=True)["riri"]
    last = live({0: "riri"}, days=90)

    assert at_first < 0.4
    assert last["riri"] >= 28


def test_a_user_who_changes_their_mind_is_followed() -> None:
    last = live({0: "riri", 60: "elro"}, days=160)

    assert last["elro"] >= 25


def test_two_corrections_outweigh_a_sure_router_and_one_does_not() -> None:
    def corrected(times: int) -> ProfileDocument:
        picks = [evidence(number) for number in range(times)]
        passed = [
            evidence(number, persona="elro", session="", signals={"override": 0.0})
            for number in range(times)
        ]
        return profile(*picks, *passed)

    def answers(times: int, now: Situation) -> str:
        chances = leaned(WRONG, corrected(times), now)
        return max(chances, key=lambda one: chances[one])

    assert answers(1, situation()) == "elro"
    assert answers(2, situation()) == "nana"
    assert answers(2, situation("learning", "level")) == "elro", "but not everywhere"


def test_nobody_is_starved_for_ever() -> None:
    dislikes = [evidence(n, persona="riri", signals={"rating": 0.0}) for n in range(12)]
    known = profile(*dislikes)

    shares = [
        propensities(STEADY, leaned(UNSURE, known, situation(), day=day), explorable=True)["riri"]
        for day in (0, 90, 180, 360)
    ]

    assert shares[0] == STEADY.least, "a user is heard"
    assert shares[-1] >= STEADY.floor, "but not for ever"


def test_to_go_on_talking_makes_nobody_a_favourite() -> None:
    known = profile(
        *(evidence(number, persona="elro", signals={"follow_up": 0.53}) for number in range(60))
    )

    assert leaned(UNSURE, known, situation())["riri"] > 0.25
