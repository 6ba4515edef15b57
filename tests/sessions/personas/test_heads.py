"""What vectors add to the reading of a message, and files of heads that are no good."""

import msgspec
import numpy as np
import pytest

from sessions.personas.analysis import INTENTS, PACES, TONES, analyse
from sessions.personas.evaluate_analysis import Labelled
from sessions.personas.heads import Heads, lean_of_vector, load_heads, save_heads
from sessions.personas.routing.model import Floats
from sessions.personas.train_heads import cross_validated, fit_heads

DIMENSIONS = 384


def some(weights: float = 1.0) -> Heads:
    return Heads(
        encoder="e",
        labels=("tone/calm", "tone/urgent"),
        weights=np.array([[weights, 0.0], [0.0, weights]], np.float32),
        bias=np.zeros(2, np.float32),
        centre=np.zeros(2, np.float32),
    )


def test_heads_read_back_as_they_were_saved() -> None:
    back = load_heads(save_heads(some()))
    assert back is not None
    vector = np.array([0.6, 0.8], np.float32)
    assert back.lean(vector) == pytest.approx({"tone/calm": 0.6, "tone/urgent": 0.8})


@pytest.mark.parametrize("raw", [b"", b"nonsense", save_heads(some())[:-40]])
def test_a_damaged_file_is_done_without(raw: bytes) -> None:
    assert load_heads(raw) is None


def test_numbers_that_make_no_sense_are_done_without() -> None:
    assert load_heads(save_heads(some(float("nan")))) is None


def test_a_vector_of_another_size_says_nothing() -> None:
    assert lean_of_vector(np.ones(7, np.float32)) == {}
    assert analyse("hello", vector=np.ones(7, np.float32)) == analyse("hello")


def test_the_packaged_heads_speak_for_every_label() -> None:
    found = lean_of_vector(np.ones(DIMENSIONS, np.float32))
    named = {"tone": TONES, "pace": PACES, "intent": INTENTS}
    assert set(found) == {f"{group}/{name}" for group, names in named.items() for name in names}


def test_a_vector_moves_the_distributions_and_they_still_sum_to_one() -> None:
    vector = np.random.default_rng(3).normal(size=DIMENSIONS).astype(np.float32)
    found = analyse("the report", vector=vector)
    assert found.intent != analyse("the report").intent
    assert sum(found.intent.values()) == pytest.approx(1.0)


def three_kinds() -> tuple[list[Labelled], Floats]:
    """Return ten messages of each of three kinds, and vectors that tell the kinds apart."""
    rows = [
        msgspec.convert({"text": "x", "tone": tone, "pace": pace, "intent": intent}, Labelled)
        for tone, pace, intent in (
            ("calm", "burst", "planning"),
            ("urgent", "medium", "learning"),
            ("playful", "flowing", "reflection"),
        )
        for _ in range(10)
    ]
    vectors = np.repeat(np.eye(3, dtype=np.float32), 10, axis=0)
    return rows, vectors


def test_heads_learn_what_vectors_tell_apart() -> None:
    rows, vectors = three_kinds()
    learned = fit_heads(rows, vectors, "e").lean(np.array([1.0, 0.0, 0.0], np.float32))
    assert learned["tone/calm"] > learned["tone/urgent"]
    assert learned["intent/planning"] > learned["intent/learning"]


def test_cross_validation_tells_what_was_learned_from_what_was_not() -> None:
    rows, vectors = three_kinds()
    noise = np.random.default_rng(3).normal(size=vectors.shape).astype(np.float32)

    assert cross_validated(rows, vectors, "e") == {"tone": 1.0, "pace": 1.0, "intent": 1.0}
    assert max(cross_validated(rows, noise, "e").values()) < 0.8
