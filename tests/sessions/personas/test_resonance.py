"""The affinity matrix, its scores, and the spellings of a key."""

from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.personas.analysis import INTENTS, PACES, TONES, Analysis
from sessions.personas.resonance import (
    CORE,
    CORE_AFFINITIES,
    MATRIX,
    Affinity,
    Resonance,
    expected_scores,
    make_key,
    parse_key,
    resonate,
    top_key,
)


def every_key() -> list[Resonance]:
    return [resonate(make_key(*parts)) for parts in product(TONES, PACES, INTENTS)]


def certain(tone: str, pace: str, intent: str) -> Analysis:
    def sure(names: tuple[str, ...], sure_of: str) -> dict[str, float]:
        return {name: float(name == sure_of) for name in names}

    return Analysis(
        tone=sure(TONES, tone), pace=sure(PACES, pace), intent=sure(INTENTS, intent), language="en"
    )


def test_the_matrix_has_76_values() -> None:
    assert set(MATRIX) == {*TONES, *PACES, *INTENTS}
    assert sum(len(row) for row in MATRIX.values()) == 76


def test_all_216_keys_fall_to_the_personas_as_they_should() -> None:
    found = every_key()
    assert len(found) == 216
    counts = Counter(one.primary for one in found)
    assert counts == {"lua": 83, "nana": 66, "riri": 52, "elro": 15}


def test_confidence_keeps_its_range() -> None:
    confidences = [one.confidence for one in every_key()]
    assert (min(confidences), max(confidences)) == (0.546, 0.823)


@pytest.mark.parametrize(
    ("raw", "order", "scores", "confidence"),
    [
        (
            "calm-medium-learning",
            ("elro", "riri", "nana", "lua"),
            {"elro": 1.0, "riri": 0.98, "nana": 0.79, "lua": 0.66},
            0.706,
        ),
        (
            "frustrated-burst-seek_advice",
            ("lua", "riri", "nana", "elro"),
            {"lua": 1.0, "riri": 0.59, "nana": 0.59, "elro": 0.44},
            0.823,
        ),
        (
            "collaborative-medium-planning",
            ("nana", "riri", "elro", "lua"),
            {"nana": 1.0, "riri": 0.83, "elro": 0.71, "lua": 0.64},
            0.751,
        ),
        (
            "analytical-contemplative-validation",
            ("riri", "elro", "nana", "lua"),
            {"riri": 1.0, "elro": 0.85, "nana": 0.67, "lua": 0.58},
            0.745,
        ),
    ],
)
def test_worked_examples(
    raw: str, order: tuple[str, ...], scores: dict[str, float], confidence: float
) -> None:
    found = resonate(parse_key(raw))
    assert found.order == order
    assert (found.primary, found.secondary) == order[:2]
    assert found.scores == scores
    assert found.confidence == confidence


def test_ties_keep_the_fixed_order() -> None:
    for found in every_key():
        ranks = [(-found.scores[persona], CORE.index(persona)) for persona in found.order]
        assert ranks == sorted(ranks)
    assert resonate(parse_key("frustrated-burst-seek_advice")).order[1:3] == ("riri", "nana")


@pytest.mark.parametrize(
    ("raw", "used"),
    [
        ("calm-medium-learning", "calm-medium-learning"),
        ("anxious-flowing-seek-advice", "anxious-flowing-seek_advice"),
        ("anxious-flowing-seeking_advice", "anxious-flowing-seek_advice"),
        ("urgent-burst-problem-solving", "urgent-burst-problem_solving"),
        ("calm-medium-validate", "calm-medium-validation"),
        ("calm-medium-plan", "calm-medium-planning"),
        ("calm-medium-reflect", "calm-medium-reflection"),
        (" Curious - Burst - Plan ", "curious-burst-planning"),
        ("grumpy-burst-plan", "calm-burst-planning"),
        ("urgent-galloping-plan", "urgent-medium-planning"),
        ("urgent-burst-world-peace", "urgent-burst-learning"),
        ("urgent", "urgent-medium-learning"),
        ("", "calm-medium-learning"),
    ],
)
def test_a_key_is_read_part_by_part(raw: str, used: str) -> None:
    assert str(parse_key(raw)) == used


@given(st.text(max_size=80))
def test_any_text_gives_a_key_that_reads_back_as_itself(raw: str) -> None:
    key = parse_key(raw)
    assert parse_key(str(key)) == key


def test_the_top_key_is_the_most_probable_one() -> None:
    assert str(top_key(certain("urgent", "burst", "planning"))) == "urgent-burst-planning"


def test_certainty_makes_the_expected_score_the_score() -> None:
    parts = ("confused", "flowing", "reflection")
    expected = expected_scores(certain(*parts))
    assert expected == pytest.approx(resonate(make_key(*parts)).scores)


def test_one_persona_alone_is_first_and_second() -> None:
    alone = {"nana": CORE_AFFINITIES["nana"]}
    found = resonate(parse_key("urgent-medium-planning"), alone)
    assert (found.primary, found.secondary, found.confidence) == ("nana", "nana", 0.7)


def test_another_persona_joins_with_its_own_row() -> None:
    row = dict.fromkeys(MATRIX, 100)
    joined = {**CORE_AFFINITIES, "sora": Affinity(hundredths=row)}
    found = resonate(parse_key("confused-burst-planning"), joined)
    assert found.primary == "sora"
    tied = resonate(parse_key("calm-medium-learning"), joined)
    assert tied.order[:2] == ("elro", "sora")
