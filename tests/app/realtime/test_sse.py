"""Encoded frames to events."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.realtime.sse import chunks, event, log_events, retry, type_of
from schemas.frames import CONNECTION_FRAMES, LOG_FRAMES
from tests.event_source import EventParser
from tests.sessions.frames import delta


@pytest.mark.parametrize("frame_type", [*CONNECTION_FRAMES, *LOG_FRAMES])
def test_the_type_of_every_frame_is_read_without_decoding(frame_type: type[msgspec.Struct]) -> None:
    fields = dict.fromkeys(frame_type.__struct_fields__)
    frame = msgspec.json.encode(frame_type(**fields))

    assert type_of(frame).decode() == frame_type.__struct_config__.tag


@given(st.lists(st.text(), max_size=20), st.integers(1, 2**40), st.data())
def test_frames_come_out_as_they_went_in_however_the_bytes_are_cut(
    texts: list[str], first: int, data: st.DataObject
) -> None:
    frames = [msgspec.json.encode(delta(first + i, text)) for i, text in enumerate(texts)]
    stream = b"".join(log_events(frames, epoch="e", last=first + len(frames) - 1))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=5)))
    parser = EventParser()
    pieces = [
        stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)
    ]
    events = [each for piece in pieces for each in parser.feed(piece)]

    assert [each.data.encode() for each in events] == frames
    assert [each.last_id for each in events] == [f"e:{first + i}" for i in range(len(frames))]
    assert {each.type for each in events} <= {"delta"}


def test_an_event_without_an_id_leaves_the_readers_cursor() -> None:
    parser = EventParser("e:4")
    [drain] = parser.feed(retry(300) + event(b'{"type":"drain","reconnect_in_ms":300}'))

    assert (drain.type, drain.last_id, parser.retry_ms) == ("drain", "e:4", 300)


@given(st.lists(st.binary(min_size=1, max_size=30)), st.integers(1, 100))
def test_chunks_are_all_that_was_given_none_much_larger_than_asked(
    events: list[bytes], most_bytes: int
) -> None:
    made = list(chunks(events, most_bytes=most_bytes))

    assert b"".join(made) == b"".join(events)
    assert all(0 < len(each) < most_bytes + 30 for each in made)
    assert all(len(each) >= most_bytes for each in made[:-1])
