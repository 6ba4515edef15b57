"""How patterns match."""

import pytest

from tests.vectors.frames import bound_in, difference, filled


@pytest.mark.parametrize(
    ("pattern", "found", "problem"),
    [
        ({"type": "send"}, {"type": "send", "text": "more"}, None),
        ({"session_id": None}, {}, None),
        ({"attach": None}, {"attach": []}, None),
        ({"attach": None}, {"attach": [{"session_id": "s"}]}, "frame.attach should not be there"),
        ({"attach": [{"after": 4}]}, {"attach": [{"session_id": "s", "after": 4}]}, None),
        ({"attach": [{"after": 4}]}, {"attach": [{"after": 5}]}, "frame.attach[0].after"),
        ({"attach": [{}]}, {"attach": [{}, {}]}, "frame.attach should be"),
        ({"key": "$c1"}, {"key": "abc"}, None),
        ({"key": "$known"}, {"key": "other"}, "frame.key should be 'abc'"),
        ({"key": "$new"}, {}, "frame.key should be '$new'"),
    ],
)
def test_a_pattern_says_where_a_frame_differs(
    pattern: object, found: object, problem: str | None
) -> None:
    answer = difference(pattern, found, {"$known": "abc"})
    assert answer is problem is None or (problem or "?") in (answer or "")


def test_bound_names_are_put_into_frames_and_must_be_known() -> None:
    frame = {"ack": "$c1", "list": ["$c1", 1]}
    assert bound_in(frame, {"$c1": "abc"}) == {"ack": "abc", "list": ["abc", 1]}
    with pytest.raises(KeyError):
        bound_in(frame, {})


def test_what_a_vector_leaves_out_is_filled_in_and_what_it_says_stays() -> None:
    log = filled({"type": "turn_done", "seq": 4, "persona": "elro"})
    assert (log["session_id"], log["persona"], log["finish_reason"]) == ("s_1", "elro", "stop")
    assert "at" not in filled({"type": "attached", "seq": 4})
    assert filled({"type": "weather"}) == {"type": "weather"}
