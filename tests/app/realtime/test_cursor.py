"""Cursors in headers and queries."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.realtime.cursor import Cursor, cursor_of, event_id
from sessions.errors import BadRequest

EPOCHS = st.from_regex(re.compile(r"[0-9a-f]{12}"), fullmatch=True)


@given(EPOCHS, st.integers(0, 2**53))
def test_the_id_of_an_event_is_the_cursor_after_it(epoch: str, seq: int) -> None:
    header = event_id(epoch, seq).decode()

    assert cursor_of(header, epoch=None, after=None) == Cursor(epoch=epoch, after=seq)


@given(st.text())
def test_any_other_header_is_named_as_bad(text: str) -> None:
    with suppress(BadRequest):
        cursor = cursor_of(text, epoch=None, after=None)
        epoch, _, seq = text.partition(":")
        assert (cursor.epoch or "", cursor.after or 0) == (epoch, int(seq or 0))


@pytest.mark.parametrize(
    "header", [":1", "e:", "e", "e:-1", "e:1.5", "e:1:2", "e:٣", "e :1", "e:1 ", "e:" + "9" * 19]
)
def test_what_is_no_epoch_and_seq_is_refused(header: str) -> None:
    with pytest.raises(BadRequest, match="epoch:seq"):
        cursor_of(header, epoch="e", after=1)


def test_the_header_wins_over_the_query() -> None:
    assert cursor_of("e:7", epoch="f", after=3) == Cursor(epoch="e", after=7)


@pytest.mark.parametrize("header", [None, ""])
def test_without_a_header_the_query_counts(header: str | None) -> None:
    assert cursor_of(header, epoch="f", after=3) == Cursor(epoch="f", after=3)
    assert cursor_of(header, epoch=None, after=None) == Cursor()
