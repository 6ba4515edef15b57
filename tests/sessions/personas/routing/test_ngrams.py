"""Hashed n-grams."""

from hypothesis import given
from hypothesis import strategies as st

from sessions.personas.routing import BUCKETS, grams


@given(st.text(max_size=300))
def test_buckets_are_in_range_in_order_and_the_same_again(text: str) -> None:
    buckets, counts = grams(text)
    assert len(buckets) == len(counts)
    assert (buckets[1:] > buckets[:-1]).all()
    assert ((buckets >= 0) & (buckets < BUCKETS)).all()
    assert (counts >= 1.0).all()
    again, _ = grams(text)
    assert (again == buckets).all()


def test_case_digits_and_apostrophes_make_no_difference() -> None:
    assert (grams("Don’t pay 42")[0] == grams("don't PAY 17")[0]).all()


def test_a_very_long_text_costs_no_more_than_its_beginning() -> None:
    assert len(grams("ab " * 200_000)[0]) == len(grams("ab " * 250)[0])
    assert len(grams("x" * 100_000)[0]) < 200


def test_nothing_has_no_grams() -> None:
    assert len(grams(" … \n")[0]) == 0
