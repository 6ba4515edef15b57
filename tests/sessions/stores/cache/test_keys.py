"""A key is a hash of everything that shapes a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.stores.cache import Kind, cache_key

LEAVES = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3) | st.binary(max_size=3)
)
PARTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner)
)


def same(one: object, other: object) -> bool:
    """Tell equality that knows 1 from True."""
    return repr(ordered(one)) == repr(ordered(other))


def ordered(value: object) -> object:
    if isinstance(value, dict):
        return {name: ordered(value[name]) for name in sorted(value)}
    return [ordered(each) for each in value] if isinstance(value, list) else value


@given(PARTS, PARTS)
def test_keys_are_equal_exactly_when_all_parts_are(one: object, other: object) -> None:
    keys = [cache_key(Kind.ANSWERS, part=part) for part in (one, other)]

    assert (keys[0] == keys[1]) == same(one, other)


@given(st.text(max_size=4), st.text(max_size=4), st.text(max_size=4))
def test_no_text_moves_from_one_part_into_the_next(one: str, two: str, three: str) -> None:
    assert cache_key(Kind.ANSWERS, a=one + two, b=three) != cache_key(
        Kind.ANSWERS, a=one, b=two + three
    ) or (two == "")


def test_the_order_of_parts_does_not_matter_but_kind_and_names_do() -> None:
    key = cache_key(Kind.ANSWERS, persona="lua", history=[("user", "hi")])

    assert key == cache_key(Kind.ANSWERS, history=[("user", "hi")], persona="lua")
    assert key != cache_key(Kind.ROUTING, persona="lua", history=[("user", "hi")])
    assert key != cache_key(Kind.ANSWERS, mentor="lua", history=[("user", "hi")])
    assert len(key) == 64


def test_what_can_not_be_told_from_others_is_refused() -> None:
    with pytest.raises(TypeError):
        cache_key(Kind.ANSWERS, part=object())


def test_answers_are_kept_ten_minutes_and_routes_an_hour() -> None:
    assert {kind: kind.ttl_s for kind in Kind} == {
        Kind.ROUTING: 3600,
        Kind.ANSWERS: 600,
    }
