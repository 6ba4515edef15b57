"""What follows from evidence, and that its order does not matter."""

from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.personas.analysis import INTENTS
from sessions.profiles.documents import Evidence
from sessions.profiles.learning import MOST_EVIDENCE, forgetting, learned, pulls, suiting, taste
from sessions.profiles.posterior import DAY_S, Posterior, faded
from sessions.profiles.signals import WEIGHTS, Kind, outcome
from sessions.profiles.situation import MOODS
from tests.sessions.profiles.evidence import NOW, evidence, profile, situation

_KINDS = get_args(Kind)
_SIGNALS = st.dictionaries(st.sampled_from(_KINDS), st.floats(0, 1), max_size=len(_KINDS))
_EVIDENCE = st.builds(
    Evidence,
    key=st.integers(0, 30).map(lambda number: f"pt_{number}"),
    persona=st.sampled_from(["lua", "elro", "riri", "nana"]),
    intent=st.sampled_from(INTENTS),
    mood=st.sampled_from(MOODS),
    at=st.floats(NOW.timestamp() - 80 * DAY_S, NOW.timestamp()),
    session=st.just("s"),
    signals=_SIGNALS,
    style=st.just({}),
)
_UNIQUE = st.lists(_EVIDENCE, max_size=20, unique_by=lambda one: (one.key, one.persona))


def _everywhere(intent: str, mood: str | None) -> float:
    return 1.0


def test_the_weights_of_all_signals_sum_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)
    assert set(WEIGHTS) == set(_KINDS)


@given(_SIGNALS)
def test_an_outcome_is_between_its_lowest_and_its_highest_signal(signals: dict[str, float]) -> None:
    found = outcome(signals)

    if found is None:
        assert not signals
        return
    assert min(signals.values()) - 1e-9 <= found.reward <= max(signals.values()) + 1e-9
    assert 0 < found.count <= 3.0 + 1e-9


@given(_UNIQUE, st.randoms(use_true_random=False))
def test_the_order_in_which_evidence_comes_does_not_matter(
    known: list[Evidence], random: Random
) -> None:
    shuffled = list(known)
    random.shuffle(shuffled)

    at_once = learned(profile(), known, now=NOW)
    one_by_one = profile()
    for each in shuffled:
        one_by_one = learned(one_by_one, [each], now=NOW)

    assert one_by_one.evidence == at_once.evidence
    assert one_by_one.stale_at == at_once.stale_at


@given(_UNIQUE)
def test_evidence_that_comes_again_counts_once(known: list[Evidence]) -> None:
    once = learned(profile(), known, now=NOW)

    assert learned(once, known, now=NOW) is once


@given(_UNIQUE, st.sampled_from(INTENTS), st.sampled_from(MOODS))
def test_pulls_and_posteriors_stay_within_their_bounds(
    known: list[Evidence], intent: str, mood: str
) -> None:
    told = learned(profile(), known, now=NOW)

    for posterior in suiting(told, now=NOW, like=_everywhere).values():
        assert 0 < posterior.mean < 1
        assert 0 < posterior.deviation <= 12**-0.5 + 1e-9
        assert 0 <= posterior.certainty <= 1
        assert 0.5 <= posterior.confidence <= 1
    assert all(-1 <= pull <= 1 for pull in pulls(told, situation(intent, mood), now=NOW).values())


@given(st.floats(0, 400), st.floats(0, 400))
def test_fading_is_the_same_in_one_step_as_in_two(first: float, second: float) -> None:
    together = faded((first + second) * DAY_S)

    assert together == pytest.approx(faded(first * DAY_S) * faded(second * DAY_S))


def test_half_of_the_evidence_is_left_after_a_half_life() -> None:
    fresh = suiting(profile(evidence(1)), now=NOW, like=_everywhere)["nana"]
    old = suiting(profile(evidence(1, days_ago=45)), now=NOW, like=_everywhere)["nana"]

    assert old.count == pytest.approx(fresh.count / 2)


def test_two_ratings_are_not_two_hundred() -> None:
    liked = Posterior().plus(reward=1.0, count=1.0)
    means = [Posterior().plus(reward=1.0, count=count).pull for count in (1, 2, 5, 20, 200)]

    assert liked.mean == pytest.approx(2 / 3)
    assert all(one < other for one, other in pairwise(means))
    assert means[1] < 0.3 < 0.9 < means[-1]


def test_what_holds_for_planning_hardly_holds_elsewhere() -> None:
    told = profile(evidence(1), evidence(2))

    there = pulls(told, situation("planning", "level"), now=NOW)["nana"]
    other_mood = pulls(told, situation("planning", "pressing"), now=NOW)["nana"]
    elsewhere = pulls(told, situation("learning", "level"), now=NOW)["nana"]
    nowhere = pulls(told, situation("reflection", "heavy"), now=NOW)["nana"]

    assert there > other_mood > elsewhere > nowhere >= 0
    assert elsewhere < there / 10


def test_a_later_rating_replaces_the_one_before_and_can_be_taken_back() -> None:
    up = learned(profile(), [evidence(1, signals={"rating": 1.0})], now=NOW)
    down = learned(up, [evidence(1, signals={"rating": 0.0})], now=NOW)
    taken_back = learned(down, [evidence(1, signals={"rating": float("nan")})], now=NOW)

    assert up.evidence[0].signals == {"rating": 1.0}
    assert down.evidence[0].signals == {"rating": 0.0}
    assert taken_back.evidence[0].signals == {}


def test_the_oldest_evidence_is_folded_and_counts_on() -> None:
    told = profile()
    for number in range(100):
        told = learned(told, [evidence(number, days_ago=30 - number / 4)], now=NOW)

    folded = suiting(told, now=NOW, like=_everywhere)["nana"]
    never_folded = [evidence(number, days_ago=30 - number / 4) for number in range(100)]
    whole = suiting(profile(*never_folded), now=NOW, like=_everywhere)["nana"]

    assert len(told.evidence) == MOST_EVIDENCE
    assert sum(cell.signals for cell in told.folded) == 100 - MOST_EVIDENCE
    assert folded.good == pytest.approx(whole.good)
    assert learned(told, [evidence(0, days_ago=30)], now=NOW) is told, "it comes too late"


def test_evidence_is_forgotten_when_its_retention_is_over() -> None:
    told = profile(evidence(1, days_ago=31), evidence(2, days_ago=1), retention_days=30)

    kept = forgetting(told, now=NOW)

    assert [each.key for each in kept.evidence] == ["pt_2"]
    assert kept.stale_at == NOW + timedelta(days=29)


def test_taste_comes_from_votes_of_all_sources() -> None:
    told = profile(
        evidence(1, style={"message/length": -1.5}),
        evidence(2, style={"rating/length": -0.4, "message/structure": 1.5}),
    )

    found = taste(told, now=NOW)

    assert found["length"].bad == pytest.approx(1.9)
    assert found["structure"].good == pytest.approx(1.5)
