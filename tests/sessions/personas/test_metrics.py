"""Statistics over guesses, and their intervals."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.personas.metrics import (
    accuracy,
    bootstrap,
    confusion,
    ece,
    f1_by_label,
    macro_f1,
    top_k,
)

LABELS = st.sampled_from("abcd")
PAIRS = st.lists(st.tuples(LABELS, LABELS), min_size=1, max_size=40)
CONFIDENCES = st.lists(
    st.tuples(st.floats(min_value=0.0, max_value=1.0), st.booleans()), min_size=1, max_size=40
)
# Three of a, one of them taken for b, and two of b that are found.
WORKED = [("a", "a"), ("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")]


def test_a_worked_example() -> None:
    assert accuracy(WORKED) == 0.8
    assert f1_by_label(WORKED) == pytest.approx({"a": 0.8, "b": 0.8})
    assert macro_f1(WORKED) == pytest.approx(0.8)
    assert confusion(WORKED) == {"a": {"a": 2, "b": 1}, "b": {"b": 2}}


def test_a_label_that_is_only_guessed_costs() -> None:
    assert f1_by_label([("a", "c")]) == {"a": 0.0, "c": 0.0}


def test_top_k_looks_at_the_first_k() -> None:
    rows = [("a", ["b", "a", "c"]), ("c", ["a", "b", "c"])]
    assert (top_k(rows, 1), top_k(rows), top_k(rows, 3)) == (0.0, 0.5, 1.0)


def test_calibration_compares_each_bin_with_its_accuracy() -> None:
    rows = [(0.9, True), (0.9, False), (0.1, False), (0.1, False)]
    assert ece(rows) == pytest.approx((2 * 0.4 + 2 * 0.1) / 4)
    assert ece([(1.0, True), (0.0, False)]) == 0.0


@given(PAIRS)
def test_every_share_lies_between_none_and_all(pairs: list[tuple[str, str]]) -> None:
    assert 0.0 <= macro_f1(pairs) <= 1.0
    assert 0.0 <= accuracy(pairs) <= 1.0
    assert accuracy(pairs) == top_k([(truth, [guess]) for truth, guess in pairs], 1)
    assert sum(sum(row.values()) for row in confusion(pairs).values()) == len(pairs)


@given(PAIRS)
def test_all_right_is_one_everywhere(pairs: list[tuple[str, str]]) -> None:
    right = [(truth, truth) for truth, _ in pairs]
    assert (accuracy(right), macro_f1(right)) == (1.0, 1.0)
    interval = bootstrap(right, macro_f1, rounds=20)
    assert (interval.low, interval.high) == (1.0, 1.0)


@given(PAIRS, st.integers(min_value=0, max_value=5))
def test_an_interval_is_ordered_and_repeatable(pairs: list[tuple[str, str]], seed: int) -> None:
    interval = bootstrap(pairs, accuracy, rounds=40, seed=seed)
    assert 0.0 <= interval.low <= interval.high <= 1.0
    assert interval == bootstrap(pairs, accuracy, rounds=40, seed=seed)


@given(CONFIDENCES, st.integers(min_value=1, max_value=20))
def test_the_calibration_error_bounds_the_overall_gap(
    rows: list[tuple[float, bool]], bins: int
) -> None:
    overall = abs(sum(right - confidence for confidence, right in rows)) / len(rows)
    assert overall - 1e-9 <= ece(rows, bins) <= 1.0


def test_an_interval_holds_the_value_and_narrows_with_more_rows() -> None:
    few, many = bootstrap(WORKED * 4, accuracy), bootstrap(WORKED * 100, accuracy)
    assert few.low < 0.8 < few.high
    assert many.high - many.low < few.high - few.low
    # the normal approximation: 1.96 sqrt(.8 x .2 / 500)
    assert many.high - many.low == pytest.approx(2 * 0.035, abs=0.01)


@pytest.mark.parametrize("statistic", [accuracy, macro_f1, top_k, ece])
def test_no_rows_are_no_measurement(statistic: Callable[[Any], float]) -> None:
    with pytest.raises(ValueError, match="no rows"):
        statistic([])
    with pytest.raises(ValueError, match="no rows"):
        bootstrap([], statistic)
