"""All 216 resonance keys against scores computed apart, and keys that are spelled badly."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.personas.resonance import parse_key, resonate

PERSONAS = ("lua", "elro", "riri", "nana")
# Typed from the design; in hundredths.
TONES = {
    "frustrated": (100, 40, 60, 50),
    "playful": (100, 30, 40, 70),
    "anxious": (100, 50, 60, 70),
    "analytical": (30, 100, 100, 50),
    "calm": (60, 100, 100, 70),
    "curious": (70, 100, 90, 80),
    "urgent": (50, 80, 60, 100),
    "confused": (80, 60, 70, 100),
    "collaborative": (60, 50, 70, 100),
}
PACES = {
    "burst": (100, 40, 50, 60),
    "flowing": (100, 80, 90, 90),
    "contemplative": (90, 70, 100, 80),
    "medium": (80, 100, 100, 100),
}
INTENTS = {
    "seek_advice": (100, 60, 70, 80),
    "problem_solving": (70, 100, 90, 80),
    "learning": (60, 100, 90, 70),
    "validation": (80, 70, 100, 90),
    "planning": (50, 80, 90, 100),
    "reflection": (100, 40, 70, 60),
}
SPELLINGS = {
    "seek-advice": "seek_advice",
    "seeking_advice": "seek_advice",
    "problem-solving": "problem_solving",
    "validate": "validation",
    "plan": "planning",
    "reflect": "reflection",
    **{intent: intent for intent in INTENTS},
}


def every_key() -> Iterator[tuple[str, tuple[Fraction, ...]]]:
    for tone, pace, intent in product(TONES, PACES, INTENTS):
        rows = zip(TONES[tone], PACES[pace], INTENTS[intent], strict=True)
        yield (
            f"{tone}-{pace}-{intent}",
            tuple(Fraction(50 * one + 30 * two + 20 * three, 10_000) for one, two, three in rows),
        )


KEYS = dict(every_key())


def test_there_are_216_keys() -> None:
    assert len(KEYS) == 216


@pytest.mark.parametrize("key", KEYS)
def test_the_key_has_its_exact_scores_order_and_confidence(key: str) -> None:
    exact = KEYS[key]
    order = sorted(range(4), key=lambda place: (-exact[place], place))
    first, second = exact[order[0]], exact[order[1]]
    found = resonate(parse_key(key))
    assert str(found.key) == key
    assert found.scores == {one: float(score) for one, score in zip(PERSONAS, exact, strict=True)}
    assert found.order == tuple(PERSONAS[place] for place in order)
    assert (found.primary, found.secondary) == found.order[:2]
    assert found.confidence == float(Fraction(3, 10) * (first - second) + Fraction(7, 10) * first)


PART = st.text(st.characters(exclude_characters="-"), max_size=20)
TONE = st.sampled_from(sorted(TONES)) | PART
PACE = st.sampled_from(sorted(PACES)) | PART
INTENT = st.sampled_from(sorted(SPELLINGS)) | st.text(max_size=20)
CASING = st.sampled_from([str.lower, str.upper, str.title])


@given(TONE, PACE, INTENT, st.sampled_from(["", " ", "\t"]))
def test_an_unknown_part_falls_back_for_that_part_alone(
    tone: str, pace: str, intent: str, gap: str
) -> None:
    raw = f"{gap}{tone}{gap}-{pace}{gap}-{gap}{intent}"
    used = parse_key(raw)
    assert used.tone == (known if (known := tone.strip().lower()) in TONES else "calm")
    assert used.pace == (known if (known := pace.strip().lower()) in PACES else "medium")
    meant = intent.strip().lower()
    if meant in SPELLINGS:
        assert used.intent == SPELLINGS[meant]
    else:
        assert used.intent in INTENTS


@given(
    st.sampled_from(sorted(TONES)),
    st.sampled_from(sorted(PACES)),
    st.sampled_from(sorted(SPELLINGS)),
    CASING,
)
def test_casing_and_spellings_mean_the_same_key(
    tone: str, pace: str, intent: str, cased: Callable[[str], str]
) -> None:
    used = parse_key(cased(f"{tone}-{pace}-{intent}"))
    assert str(used) == f"{tone}-{pace}-{SPELLINGS[intent]}"


@given(st.text(st.characters(exclude_categories=["Ll", "Lu", "Cs"]), max_size=30))
def test_a_key_without_letters_of_ours_falls_back_whole(raw: str) -> None:
    assert str(parse_key(raw)) == "calm-medium-learning"
