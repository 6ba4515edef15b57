"""What a message may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.errors import TextInvalid, TextTooLong
from sessions.text import MAX_TEXT_CHARS, checked_text, opening_of


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\0", "\u200b", "\u202e \u200f"])
def test_a_text_with_nothing_to_read_is_refused(text: str) -> None:
    with pytest.raises(TextInvalid):
        checked_text(text)


@pytest.mark.parametrize("text", ["\ud800", "half \udfff pair"])
def test_half_a_surrogate_pair_is_refused(text: str) -> None:
    with pytest.raises(TextInvalid):
        checked_text(text)


def test_the_longest_text_is_taken_and_one_more_is_not() -> None:
    assert len(checked_text("가" * MAX_TEXT_CHARS)) == 8_000
    with pytest.raises(TextTooLong):
        checked_text("가" * (MAX_TEXT_CHARS + 1))


@pytest.mark.parametrize("text", ["👩‍👩‍👧‍👦", "שלום", "한국어 😀", "a\u0301", "1\n2"])
def test_every_script_comes_through_unchanged(text: str) -> None:
    assert checked_text(text) == text


def test_nul_and_the_space_around_are_dropped() -> None:
    assert checked_text("  he\0llo \n") == "hello"


@given(st.text())
def test_any_text_is_kept_or_refused_and_what_is_kept_can_be_stored(text: str) -> None:
    try:
        kept = checked_text(text)
    except (TextInvalid, TextTooLong):
        return
    assert kept.encode()
    assert "\0" not in kept
    assert checked_text(kept) == kept


@given(st.text(min_size=1, max_size=400))
def test_an_opening_is_one_short_line(text: str) -> None:
    opening = opening_of(text)

    assert len(opening) <= 49
    assert "\n" not in opening


def test_an_opening_ends_at_a_word() -> None:
    long = "My boss ignores every single proposal that I make in meetings"

    assert opening_of(long) == "My boss ignores every single proposal that I…"
