"""What of a session is shown, whatever takes the place of what."""

import msgspec
from ion_client import Message
from ion_client.transcript import Transcript

from tests.clients.model import AT


def said(message_id: str, turn_id: str, *, supersedes: str | None = None) -> Message:
    frame = {"id": message_id, "role": "user", "text": message_id, "created_at": AT}
    return msgspec.convert(frame | {"turn_id": turn_id, "supersedes": supersedes}, Message)


def answered(turn_id: str) -> Message:
    answer = {"turn_id": turn_id}
    frame = {"id": f"a{turn_id}", "role": "assistant", "text": "yes", "created_at": AT}
    return msgspec.convert(frame | {"turn_id": turn_id, "answered": answer}, Message)


def talk(*turn_ids: str) -> Transcript:
    """Return a transcript of answered turns."""
    made = Transcript()
    for turn_id in turn_ids:
        made.say(said(f"m{turn_id}", turn_id))
        made.begin(turn_id, (f"m{turn_id}",), None)
        made.answer(turn_id, answered(turn_id))
    return made


def shown(transcript: Transcript) -> list[tuple[str, str | None]]:
    return [(each.id, each.turn_id) for each in transcript.messages]


def test_an_answer_made_again_takes_the_place_of_the_old_one_and_all_after_it() -> None:
    transcript = talk("1", "2")
    assert transcript.begin("3", ("m1",), "1")
    transcript.answer("3", answered("3"))
    assert shown(transcript) == [("m1", "3"), ("a3", "3")]
    assert {each.siblings for each in transcript.messages} == {("1", "3")}
    assert not transcript.begin("3", ("m1",), "1")
    assert transcript.begin("4", ("m1",), "3")
    assert transcript.messages[0].siblings == ("1", "3", "4")


def test_what_was_said_since_an_answer_was_asked_for_again_stays() -> None:
    transcript = talk("1")
    transcript.say(said("m3", "3"))
    transcript.begin("2", ("m1",), "1")
    assert shown(transcript) == [("m1", "2"), ("m3", "3")]
    transcript.begin("3", ("m3",), None)
    assert shown(transcript) == [("m1", "2"), ("m3", "3")]


def test_an_edited_message_takes_the_place_of_the_old_one_and_all_after_it() -> None:
    transcript = talk("1", "2")
    assert transcript.say(said("m3", "3", supersedes="m1")) == "1"
    transcript.answer("2", answered("2"))
    assert not transcript.begin("2", ("m2",), None)
    transcript.fail("2", "internal")
    assert shown(transcript) == [("m3", "3")]
    assert transcript.ended("2")


def test_of_a_burst_the_other_messages_stay_in_their_order() -> None:
    for about, ids in (("m1", ("m3", "m2")), ("m2", ("m1", "m3"))):
        transcript = Transcript()
        transcript.say(said("m1", "1"))
        transcript.say(said("m2", "1"))
        transcript.begin("1", ("m1", "m2"), None)
        transcript.say(said("m3", "2", supersedes=about))
        transcript.begin("2", ids, "1")
        assert shown(transcript) == [(each, "2") for each in ids]


def test_an_edited_message_comes_again_behind_one_that_is_edited_after_it() -> None:
    transcript = Transcript()
    transcript.say(said("m1", "1"))
    transcript.say(said("m2", "1"))
    transcript.begin("1", ("m1", "m2"), None)
    transcript.answer("1", answered("1"))
    transcript.say(said("m3", "2", supersedes="m2"))
    transcript.begin("2", ("m1", "m3"), "1")
    transcript.answer("2", answered("2"))
    transcript.say(said("m4", "3", supersedes="m1"))
    transcript.say(said("m3", "3", supersedes="m2"))
    transcript.begin("3", ("m4", "m3"), "2")
    transcript.answer("3", answered("3"))
    assert shown(transcript) == [("m4", "3"), ("m3", "3"), ("a3", "3")]
    assert not transcript.torn


def test_a_message_of_a_turn_that_left_waits_for_a_turn_that_names_it() -> None:
    transcript = talk("1")
    transcript.say(said("m3", "2", supersedes="m1"))
    assert transcript.say(said("m2", "1")) is None
    assert shown(transcript) == [("m3", "2")]
    transcript.begin("2", ("m3", "m2"), "1")
    assert shown(transcript) == [("m3", "2"), ("m2", "2")]


def test_a_message_that_is_told_twice_is_shown_once_wherever_it_stands_by_then() -> None:
    moved = Transcript([said("m2", "4")])
    assert moved.say(said("m2", "2", supersedes="m1")) is None
    moved.begin("2", ("m2",), "1")
    moved.begin("4", ("m2",), "2")
    assert shown(moved) == [("m2", "4")]

    edited = talk("1")
    for _ in range(2):
        edited.say(said("m2", "2", supersedes="m1"))
    edited.begin("2", ("m2",), "1")
    assert shown(edited) == [("m2", "2")]
    assert edited.messages[0].siblings == ("1", "2")


def test_of_two_edits_of_one_message_the_later_one_is_shown() -> None:
    for about in ("m1", "m2"):
        transcript = talk("1")
        transcript.say(said("m2", "2", supersedes="m1"))
        assert transcript.say(said("m3", "3", supersedes=about)) == "2"
        transcript.begin("2", ("m2",), "1")
        transcript.begin("3", ("m3",), "1")
        assert shown(transcript) == [("m3", "3")]
        assert transcript.messages[0].siblings == ("1", "2", "3")


def test_an_answer_asked_for_before_an_edit_that_begins_after_it_is_one_more_version() -> None:
    transcript = talk("1")
    transcript.say(said("m3", "3", supersedes="m1"))
    assert not transcript.begin("2", ("m1",), "1")
    transcript.answer("2", answered("2"))
    transcript.begin("3", ("m3",), "2")
    assert shown(transcript) == [("m3", "3")]
    assert transcript.messages[0].siblings == ("1", "2", "3")
    assert not transcript.torn


def test_what_takes_the_place_of_something_that_has_left_needs_a_snapshot() -> None:
    for late in ("turn", "message"):
        transcript = talk("1", "2")
        transcript.say(said("m3", "3", supersedes="m1"))
        if late == "turn":
            assert not transcript.begin("5", ("m2",), "2")
        else:
            assert transcript.say(said("m5", "5", supersedes="m2")) is None
        assert shown(transcript) == [("m3", "3")]
        assert transcript.torn


def test_what_supersedes_something_unknown_just_stands_last() -> None:
    transcript = talk("1")
    assert transcript.say(said("m9", "9", supersedes="m8")) is None
    assert not transcript.begin("9", ("m9",), "8")
    assert shown(transcript)[-1] == ("m9", "9")


def test_a_failed_question_that_is_answered_again_has_not_failed_any_more() -> None:
    transcript = Transcript([said("m1", "1")])
    transcript.fail("1", "internal")
    assert transcript.messages[0].failed == "internal"
    transcript.begin("2", ("m1",), "1")
    assert transcript.messages[0].failed is None
    assert not transcript.ended("2")


def test_a_rating_stands_on_the_answer_alone() -> None:
    transcript = talk("1")
    transcript.rate("1", -1)
    transcript.rate("7", 1)
    answers = [each.answered for each in transcript.messages]
    assert answers[0] is None
    assert answers[1] is not None
    assert answers[1].rating == -1


def test_what_a_mentor_writes_first_stands_by_itself() -> None:
    transcript = talk("1")
    transcript.begin("2", (), None)
    transcript.answer("2", answered("2"))
    transcript.say(said("m3", "3"))
    transcript.begin("3", ("m3",), None)
    assert shown(transcript) == [("m1", "1"), ("a1", "1"), ("a2", "2"), ("m3", "3")]
    assert transcript.ended("2")
    again = Transcript(transcript.messages)
    assert shown(again) == shown(transcript)
