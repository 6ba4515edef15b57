"""Server-sent events, however the network cut them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.llm.sse import Event, EventTooLong, SSEParser

_LINE_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)
_DATA = st.lists(_LINE_TEXT, min_size=1, max_size=3).map("\n".join)
_EVENTS = st.lists(st.builds(Event, data=_DATA, name=_LINE_TEXT), max_size=6)
_NOISE = st.sampled_from(["", ": keep-alive", ":", "id: 7", "retry: 100", "unknown: x", "data_"])


def _parse(blocks: list[bytes]) -> list[Event]:
    parser = SSEParser()
    return [event for block in blocks for event in parser.feed(block)] + parser.finish()


def _cut(raw: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(raw) + 1) for place in places), len(raw)]
    return [raw[start:end] for start, end in pairwise(edges)]


@st.composite
def _streams(draw: st.DrawFn) -> tuple[bytes, list[Event]]:
    """An event stream in any of the allowed spellings, and the events in it."""
    events = draw(_EVENTS)
    lines: list[str] = []
    for event in events:
        lines += [draw(_NOISE) for _ in range(draw(st.integers(0, 2)))]
        if event.name:
            lines.append(f"event: {event.name}")
        lines += [f"data: {line}" for line in event.data.split("\n")]
        lines.append("")
    ends = [draw(st.sampled_from(["\n", "\r\n", "\r"])) for _ in lines]
    # a CR that the next LF would join would be one line end, not two
    for index, end in enumerate(ends[:-1]):
        if end == "\r" and lines[index + 1] == "" and ends[index + 1] == "\n":
            ends[index] = "\n"
    text = "".join(line + end for line, end in zip(lines, ends, strict=True))
    bom = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return bom + text.encode(), events


@given(_streams(), st.lists(st.integers(0, 500), max_size=12))
def test_events_are_the_same_however_the_bytes_are_cut(
    stream: tuple[bytes, list[Event]], places: list[int]
) -> None:
    raw, events = stream

    assert _parse(_cut(raw, places)) == events


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=12))
def test_any_bytes_give_the_same_events_whole_cut_and_byte_by_byte(
    raw: bytes, places: list[int]
) -> None:
    whole = _parse([raw])

    assert _parse(_cut(raw, places)) == whole
    assert _parse([raw[i : i + 1] for i in range(len(raw))]) == whole


def test_an_event_comes_out_as_soon_as_its_blank_line_is_there() -> None:
    parser = SSEParser()

    assert parser.feed(b"data: a\r\n") == []
    assert parser.feed(b"\r") == [Event(data="a")]
    assert parser.feed(b"\ndata: b\n\n") == [Event(data="b")]


def test_data_needs_no_space_and_keeps_all_but_the_first() -> None:
    assert _parse([b"data:a\n\ndata:  b\n\ndata\n\n"]) == [
        Event(data="a"),
        Event(data=" b"),
        Event(data=""),
    ]


def test_a_last_event_without_a_blank_line_is_not_lost() -> None:
    assert _parse([b"data: a\n\ndata: b"]) == [Event(data="a"), Event(data="b")]
    assert _parse([b"data: a\n"]) == [Event(data="a")]


def test_bytes_that_are_not_utf8_are_replaced() -> None:
    assert _parse([b"data: \xff\xfe!\n\n"]) == [Event(data="��!")]


@pytest.mark.parametrize("block", [b"x" * 60, b"data: 0123456789\n"])
def test_an_endless_event_is_refused(block: bytes) -> None:
    parser = SSEParser(max_bytes=100)
    parser.feed(block)

    with pytest.raises(EventTooLong):
        _feed_often(parser, block)


def _feed_often(parser: SSEParser, block: bytes) -> None:
    for _ in range(20):
        parser.feed(block)


def test_many_short_events_are_no_long_one() -> None:
    parser = SSEParser(max_bytes=100)

    assert sum(len(parser.feed(b"data: 0123456789\n\n")) for _ in range(50)) == 50
