"""The protocol's client side, one rule of the protocol a test."""

import json
from typing import Any

import pytest
from ion_client import Acked, Delta, Done, Refreshed, Restarted, events
from ion_client.frames import Codec

from tests.clients.model import AT, Link, Session
from tests.clients.wire import Wire, begin, told


@pytest.fixture
def wire() -> Wire:
    made = Wire()
    made.connect()
    return made


def test_a_dropped_stream_resumes_with_no_gap_and_no_restart(wire: Wire) -> None:
    sending, session = begin(wire)
    wire.drop()
    session.say(session.turns[0], "there")
    session.finish(session.turns[0])
    wire.connect()
    wire.settle()

    assert told(wire.heard[sending]) == "Hello there"
    assert not any(isinstance(each, Restarted) for each in wire.heard[sending])
    assert wire.model.received[-1]["attach"][0]["after"] == 4


def test_a_running_answer_goes_on_from_a_snapshot(wire: Wire) -> None:
    sending, session = begin(wire)
    wire.drop()
    session.say(session.turns[0], "there")
    session.new_epoch(keep=True)
    wire.connect()
    wire.settle()
    session.say(session.turns[0], "!")
    session.finish(session.turns[0])
    wire.settle()

    deltas = [each.text for each in wire.heard[sending] if isinstance(each, Delta)]
    assert deltas == ["Hello ", "there", "!"]
    assert any(isinstance(each, Refreshed) for each in wire.session_heard[sending.channel])


def test_a_turn_that_ended_meanwhile_is_found_in_the_snapshot(wire: Wire) -> None:
    sending, session = begin(wire)
    wire.drop()
    session.say(session.turns[0], "there")
    session.finish(session.turns[0])
    session.new_epoch(keep=True)
    wire.connect()
    wire.settle()

    assert wire.heard[sending][-1].text == told(wire.heard[sending]) == "Hello there"


def test_a_restarted_turn_drops_the_partial_text(wire: Wire) -> None:
    sending, session = begin(wire, text="half of")
    session.restart(session.turns[0])
    session.say(session.turns[0], "all")
    session.finish(session.turns[0])
    wire.settle()

    kinds = [type(each).__name__ for each in wire.heard[sending]]
    assert kinds == ["Acked", "Routed", "Delta", "Restarted", "Delta", "Done"]
    assert told(wire.heard[sending]) == "all"


def test_a_snapshot_with_another_text_begins_anew(wire: Wire) -> None:
    sending, session = begin(wire, text="half of")
    wire.drop()
    session.turns[0].text = "something else"
    session.new_epoch(keep=True)
    wire.connect()
    wire.settle()

    kinds = [type(each).__name__ for each in wire.heard[sending]]
    assert kinds[-2:] == ["Restarted", "Delta"]


def test_an_unacked_message_is_said_again_under_the_same_key(wire: Wire) -> None:
    sending = wire.submit(wire.protocol.open(), "c1")
    wire.step_up()
    wire.step_up()
    wire.step_down()
    wire.step_up()
    wire.drop()
    wire.connect()
    wire.settle()

    assert next(each for each in wire.heard[sending] if isinstance(each, Acked)).duplicate
    said = [each for each in wire.model.received if each["type"] == "send"]
    assert [each["client_msg_id"] for each in said] == ["c1", "c1"]
    assert len(wire.only_session().turns) == 1


def test_messages_said_offline_go_out_in_order(wire: Wire) -> None:
    wire.drop()
    channel = wire.protocol.open()
    for number in range(5):
        wire.submit(channel, f"c{number}", f"text {number}")
    wire.connect()
    wire.settle()

    turns = wire.only_session().turns
    assert [turn.message["text"] for turn in turns] == [f"text {n}" for n in range(5)]


def test_unknown_frames_and_fields_move_the_cursor_and_nothing_else(wire: Wire) -> None:
    sending, session = begin(wire)
    session.write("memory_saved", memory={"id": "x"})
    session.write("routed", turn_id=session.turns[0].id, persona=7)
    session.say(session.turns[0], "there")
    session.log[-1]["colour"] = "blue"
    wire.give({"type": "weather"})
    wire.settle()

    assert told(wire.heard[sending]) == "Hello there"
    assert sending.channel.view.seq == session.seq


def test_a_hole_in_the_log_is_filled(wire: Wire) -> None:
    sending, session = begin(wire)
    session.say(session.turns[0], "there ")
    wire.model.next(wire.link or Link())  # lost on the way, which a server never does
    session.say(session.turns[0], "you")
    wire.settle()
    session.finish(session.turns[0])
    wire.settle()

    assert told(wire.heard[sending]) == "Hello there you"
    asked = wire.model.received[-1]
    assert asked == {"type": "attach", "session_id": session.id, "epoch": "e1", "after": 4}


def test_a_hole_that_stays_is_healed_by_a_snapshot(wire: Wire) -> None:
    sending, session = begin(wire)
    session.say(session.turns[0], "there")
    late = session.log.pop()
    for _ in range(2):
        wire.give(late | {"seq": late["seq"] + 1})
        while wire.step_up():
            pass
        wire.settle()
    session.log.append(late)
    session.finish(session.turns[0])
    wire.settle()

    assert wire.model.received[-1] == {"type": "attach", "session_id": session.id}
    assert told(wire.heard[sending]) == "Hello there"


def test_a_refused_message_ends_with_its_error_and_the_next_goes_out(wire: Wire) -> None:
    channel = wire.protocol.open()
    refused, taken = wire.submit(channel, "c1"), wire.submit(channel, "c2")
    wire.step_up()
    wire.step_down()
    wire.give(error("text_too_long", "c1"))
    wire.up.popleft()
    wire.settle()

    (failure,) = wire.heard[refused]
    assert (failure.code, failure.retryable) == ("text_too_long", False)
    assert isinstance(wire.heard[taken][0], Acked)


def error(code: str, ref: str | None, **fields: Any) -> dict[str, Any]:
    return {"type": "error", "code": code, "message": "", "ref": ref} | fields


def test_a_message_that_may_come_later_waits_as_long_as_it_was_told(wire: Wire) -> None:
    sending = wire.submit(wire.protocol.open(), "c1")
    wire.step_up()
    wire.step_down()
    wire.up.clear()
    wire.give(error("rate_limited", "c1", retryable=True, retry_after_ms=1500))

    assert wire.protocol.due() == 1.5
    assert not wire.up
    wire.now = 1.5
    wire.flush()
    wire.settle()
    assert isinstance(wire.heard[sending][0], Acked)


@pytest.mark.parametrize(("wait_ms", "waits"), [(120_000, True), (120_001, False)])
def test_a_message_that_would_wait_for_long_is_left_to_its_user(
    wire: Wire, wait_ms: int, waits: bool
) -> None:
    sending = wire.submit(wire.protocol.open(), "c1")
    wire.step_up()
    wire.step_down()
    wire.give(error("quota_exceeded", "c1", retryable=True, retry_after_ms=wait_ms))

    assert (sending in wire.heard and bool(wire.heard[sending])) is not waits


def test_a_message_that_is_refused_too_often_fails(wire: Wire) -> None:
    sending = wire.submit(wire.protocol.open(), "c1")
    wire.step_up()
    wire.step_down()
    for _ in range(6):
        wire.give(error("rate_limited", "c1", retryable=True, retry_after_ms=100))
        wire.now += 1
        wire.flush()

    (failure,) = wire.heard[sending]
    assert (failure.code, failure.retryable, failure.retry_after_ms) == ("rate_limited", True, 100)


def test_a_session_that_is_gone_fails_all_that_wait_for_it(wire: Wire) -> None:
    sending, session = begin(wire)
    later = wire.submit(sending.channel, "c2")
    wire.up.clear()
    wire.give(error("gone", session.id))
    after = wire.submit(sending.channel, "c3")

    for each in (sending, later, after):
        assert wire.heard[each][-1].code == "gone"
    assert wire.session_heard[sending.channel][-1].code == "gone"
    wire.drop()
    wire.connect()
    assert "attach" not in json.loads(wire.up[0])


def test_what_was_refused_is_there_when_its_session_is_opened_again(wire: Wire) -> None:
    sending, session = begin(wire)
    wire.settle()
    wire.give(error("gone", session.id))
    later = wire.submit(sending.channel, "c2")
    assert [(each, why.code) for each, why in later.channel.refused] == [(later, "gone")]

    wire.protocol.close(sending.channel)
    again = wire.protocol.open(session.id)
    assert again.take_refused("c2") is later
    assert again.take_refused("c2") is None
    wire.protocol.retry(later)
    wire.flush()
    wire.settle()
    assert later.turn_id is not None
    assert not again.refused


def test_a_session_that_cannot_be_read_now_is_asked_for_again(wire: Wire) -> None:
    _, session = begin(wire)
    wire.give(error("overloaded", session.id, retryable=True))
    assert wire.protocol.due() == 1.0
    wire.now = 1.0
    wire.flush()

    assert json.loads(wire.up[-1])["type"] == "attach"
    assert wire.protocol.due() is None


def test_other_errors_of_a_session_change_nothing(wire: Wire) -> None:
    sending, session = begin(wire)
    wire.give(error("bad_frame", session.id))
    wire.give(error("internal", "unknown"))
    session.finish(session.turns[0])
    wire.settle()

    assert isinstance(wire.heard[sending][-1], Done)


def test_an_error_without_a_ref_is_kept_for_the_connection(wire: Wire) -> None:
    wire.give(error("unauthenticated", None))
    assert wire.protocol.refusal is not None
    assert wire.protocol.refusal.code == "unauthenticated"


def test_stop_ends_the_turn_that_runs(wire: Wire) -> None:
    sending, _ = begin(wire, text="so far")
    wire.protocol.stop(sending.channel)
    wire.flush()
    wire.settle()

    assert wire.heard[sending][-1].finish_reason == "stopped"
    assert wire.heard[sending][-1].text == "so far"


def test_stop_said_before_the_ack_stops_when_it_comes(wire: Wire) -> None:
    wire.drop()
    sending = wire.submit(wire.protocol.open(), "c1")
    wire.protocol.stop(sending.channel)
    wire.connect()
    wire.settle()

    assert wire.heard[sending][-1].finish_reason == "stopped"


@pytest.mark.parametrize("epoch", ["same", "new"])
def test_stop_said_while_cut_off_is_said_again(wire: Wire, epoch: str) -> None:
    sending, session = begin(wire)
    wire.drop()
    wire.protocol.stop(sending.channel)
    if epoch == "new":
        session.new_epoch(keep=True)
    wire.connect()
    wire.settle()

    assert wire.heard[sending][-1].finish_reason == "stopped"


def test_stop_with_nothing_to_stop_says_nothing(wire: Wire) -> None:
    wire.protocol.stop(wire.protocol.open())
    wire.settle()
    assert [each["type"] for each in wire.model.received] == ["hello"]


def test_a_closed_session_is_read_no_more_and_tells_who_waits(wire: Wire) -> None:
    sending, session = begin(wire)
    wire.protocol.close(sending.channel)
    wire.protocol.close(sending.channel)
    wire.flush()
    session.finish(session.turns[0])
    wire.settle()

    assert wire.model.received[-1] == {"type": "detach", "session_id": session.id}
    assert wire.heard[sending][-1].code == "closed"


def test_a_session_that_is_open_twice_under_one_id_goes_on_as_one(wire: Wire) -> None:
    """A message from an earlier run begins a session that this run has opened by its id."""
    sending, session = begin(wire)
    session.finish(session.turns[0])
    wire.settle()
    known = sending.channel
    unnamed = wire.protocol.open()
    again, later = wire.submit(unnamed, "c1"), wire.submit(unnamed, "c2")
    wire.settle()
    session.start(session.turns[1])
    session.say(session.turns[1], "yes")
    session.finish(session.turns[1])
    wire.settle()

    assert unnamed.id == session.id
    assert unnamed.view is known.view
    assert told(wire.heard[again]) == "Hello "
    assert told(wire.heard[later]) == "yes"


def test_more_sessions_than_hello_may_name_are_attached_one_by_one(wire: Wire) -> None:
    wire.give({"type": "welcome", "limits": {"sessions": 2}})
    for number in range(3):
        wire.protocol.open(f"s{number}")
    wire.drop()
    wire.connect()
    hello, attach = map(json.loads, wire.up)

    assert [each["session_id"] for each in hello["attach"]] == ["s0", "s1"]
    assert attach["session_id"] == "s2"


def test_opening_a_session_reads_it_and_opening_it_again_gives_the_same(wire: Wire) -> None:
    sending, session = begin(wire)
    assert wire.protocol.open(session.id) is sending.channel
    other = Wire()
    other.model = wire.model
    other.connect()
    other.settle()
    channel = other.protocol.open(session.id)
    other.flush()
    other.settle()

    assert [each.text for each in channel.view.messages] == ["hi"]
    assert told(other.session_heard[channel]) == "Hello "


def test_a_session_opened_after_hello_is_read_once_there_is_a_welcome(wire: Wire) -> None:
    _, session = begin(wire)
    other = Wire()
    other.model = wire.model
    other.connect()
    channel = other.protocol.open(session.id)
    other.settle()
    assert channel.view.epoch == session.epoch


def test_notices_safety_and_changes_are_told(wire: Wire) -> None:
    sending, session = begin(wire)
    turn_id = session.turns[0].id
    session.write("notice", code="ai", text="An AI answers.")
    session.write("session_updated", session=session.view() | {"title": "new"})
    session.write("safety", turn_id=turn_id, category="crisis", resources=[{"name": "line"}])
    session.finish(session.turns[0])
    wire.settle()

    heard = wire.heard[sending]
    assert events.Notice(code="ai", text="An AI answers.") in heard
    (safety,) = [each for each in heard if isinstance(each, events.Safety)]
    assert safety.resources[0].name == "line"
    assert sending.channel.view.session is not None
    assert sending.channel.view.session.title == "new"
    told_session = wire.session_heard[sending.channel]
    assert sum(isinstance(each, events.Notice) for each in told_session) == 1
    answer = sending.channel.view.messages[-1].answered
    assert answer is not None
    assert answer.resources[0].name == "line"


def test_safety_is_found_in_a_snapshot_too(wire: Wire) -> None:
    sending, session = begin(wire)
    wire.drop()
    session.finish(session.turns[0])
    assert session.turns[0].answer is not None
    session.turns[0].answer["answered"]["resources"] = [{"name": "line"}]
    session.new_epoch(keep=True)
    wire.connect()
    wire.settle()

    assert any(isinstance(each, events.Safety) for each in wire.heard[sending])


def test_a_turn_that_is_nowhere_any_more_fails(wire: Wire) -> None:
    sending, session = begin(wire)
    wire.drop()
    session.turns.clear()
    session.new_epoch(keep=True)
    wire.connect()
    wire.settle()

    assert wire.heard[sending][-1].code == "gone"


def test_a_message_without_a_turn_and_one_that_came_before_are_kept_in_place(wire: Wire) -> None:
    sending, session = begin(wire)
    session.write("message", message={"id": "x", "role": "user", "text": "old", "created_at": AT})
    session.write("message", message=session.turns[0].message)
    session.finish(session.turns[0])
    wire.settle()

    assert [each.text for each in sending.channel.view.messages] == ["hi", "Hello ", "old"]


def test_a_recovered_reader_in_another_epoch_needs_a_snapshot(wire: Wire) -> None:
    _, session = begin(wire)
    wire.give(
        {
            "type": "attached",
            "session_id": session.id,
            "epoch": "e9",
            "seq": 4,
            "recovered": True,
        }
    )
    assert json.loads(wire.up[-1]) == {"type": "attach", "session_id": session.id}


def finish(session: Session, text: str) -> None:
    """Answer the turn that is open, from its beginning."""
    turn = session.open_turn()
    assert turn is not None
    session.start(turn)
    session.say(turn, text)
    session.finish(turn)


def test_messages_of_a_burst_are_all_answered_by_their_one_turn(wire: Wire) -> None:
    wire.model.merging = True
    channel = wire.protocol.open()
    first = wire.submit(channel, "c1", "one")
    wire.settle()
    session = wire.only_session()
    session.start(session.turns[0])
    second = wire.submit(channel, "c2", "two")
    wire.settle()
    session.say(session.turns[0], "both")
    session.finish(session.turns[0])
    third = wire.submit(channel, "c3", "three")
    wire.settle()
    finish(session, "later")
    wire.settle()

    assert [told(wire.heard[each]) for each in (first, second, third)] == ["both", "both", "later"]
    assert [each.turn_id for each in (first, second)] == [session.turns[0].id] * 2
    assert not any(isinstance(each, Restarted) for each in wire.heard[first])
    texts = [each.text for each in channel.view.messages]
    assert texts == ["one", "two", "both", "three", "later"]


def test_an_answer_made_again_is_heard_and_the_old_one_leaves(wire: Wire) -> None:
    sending, session = begin(wire, text="old")
    session.finish(session.turns[0])
    wire.settle()
    about = session.turns[0].id
    again = wire.submit(sending.channel, "c2", "", kind="regenerate", about=about)
    wire.settle()
    finish(session, "new")
    wire.settle()

    assert told(wire.heard[again]) == "new"
    view = sending.channel.view
    assert [each.text for each in view.messages] == ["hi", "new"]
    assert view.messages[1].siblings == (about, session.turns[0].id)
    left = events.Superseded(turn_id=about, by=session.turns[0].id)
    assert left in wire.session_heard[sending.channel]


@pytest.mark.parametrize("away", [False, True])
def test_an_edit_stops_what_runs_and_who_waited_for_that_hears_its_end(
    wire: Wire, away: bool
) -> None:
    sending, session = begin(wire, text="half")
    about = session.turns[0].messages[0]["id"]
    edited = wire.submit(sending.channel, "c2", "better", kind="edit", about=about)
    wire.step_up()
    if away:
        wire.drop()
        wire.connect()
    wire.settle()
    finish(session, "whole")
    wire.settle()

    end = wire.heard[sending][-1]
    # the snapshot that a repeated edit calls for knows nothing of what it took the place of
    assert end.code == "gone" if away else end.finish_reason == "stopped"
    assert told(wire.heard[edited]) == "whole"
    assert [each.text for each in sending.channel.view.messages] == ["better", "whole"]
    said = [each for each in wire.model.received if each["type"] == "edit"]
    assert len(said) == 1 + away
    assert len(session.gone) == 1


def test_a_turn_whose_place_was_taken_meanwhile_is_gone(wire: Wire) -> None:
    sending, session = begin(wire, text="half")
    wire.drop()
    session.edit("elsewhere", session.turns[0].messages[0]["id"], "better")
    session.new_epoch(keep=True)
    wire.connect()
    wire.settle()

    assert wire.heard[sending][-1].code == "gone"
    assert [each.text for each in sending.channel.view.messages] == ["better"]


def test_a_running_turn_in_a_snapshot_takes_the_place_of_another(wire: Wire) -> None:
    sending, session = begin(wire, text="old")
    session.finish(session.turns[0])
    wire.settle()
    messages = session.messages()
    again = session.again("elsewhere", session.turns[0].id)
    session.start(again)
    wire.give(
        {
            "type": "snapshot",
            "session": session.view(),
            "messages": messages,
            "epoch": session.epoch,
            "seq": session.seq,
            "running_turn": session.running(),
        }
    )
    assert [(each.text, each.turn_id) for each in sending.channel.view.messages] == [
        ("hi", again.id)
    ]


def test_a_view_that_only_a_snapshot_can_mend_asks_for_one(wire: Wire) -> None:
    sending, session = begin(wire)
    session.finish(session.turns[0])
    wire.settle()
    second = wire.submit(sending.channel, "c2", "second")
    wire.settle()
    finish(session, "two")
    wire.settle()
    first = session.turns[0].messages[0]
    session.write(
        "message", message=first | {"id": "x", "turn_id": "tx", "supersedes": first["id"]}
    )
    for late in ("ty", "tz"):
        session.write("turn_started", turn_id=late, message_ids=[], supersedes=second.turn_id)
    wire.settle()

    asked = {"type": "attach", "session_id": session.id}
    assert wire.model.received.count(asked) == 1
    kept = [(each["id"], each["text"]) for each in session.messages()]
    assert [(each.id, each.text) for each in sending.channel.view.messages] == kept


def test_ratings_and_what_is_unread_are_known(wire: Wire) -> None:
    sending, session = begin(wire)
    turn = session.turns[0]
    session.finish(turn)
    wire.settle()
    view = sending.channel.view
    assert view.unread == 1
    session.write("feedback", turn_id=turn.id, rating=1)
    session.write("read", message_id=f"a{turn.id}", unread=0)
    wire.settle()

    assert view.unread == 0
    assert view.messages[-1].answered is not None
    assert view.messages[-1].answered.rating == 1
    heard = wire.session_heard[sending.channel]
    assert heard[-2:] == [
        events.Rated(turn_id=turn.id, rating=1),
        events.Read(message_id=f"a{turn.id}", unread=0),
    ]
    session.write("session_updated", session=session.view() | {"unread": 3})
    wire.settle()
    assert view.unread == 3


def test_what_comes_to_be_remembered_is_told(wire: Wire) -> None:
    sending, session = begin(wire)
    session.finish(session.turns[0])
    saved = {
        "memory_id": "f_1",
        "kind": "goal",
        "text": "I want to run",
        "turn_id": session.turns[0].id,
    }
    session.write("memory_saved", message_ids=["m_1"], **saved)
    wire.settle()

    heard = wire.session_heard[sending.channel]
    assert heard[-1] == events.Remembered(**saved, message_ids=("m_1",))


def test_typing_is_told_while_somebody_listens(wire: Wire) -> None:
    unnamed = wire.protocol.open()
    wire.protocol.typing(unnamed, active=True)
    wire.flush()
    sending, session = begin(wire)
    wire.protocol.typing(sending.channel, active=True)
    wire.flush()
    wire.settle()
    assert wire.model.received[-1] == {"type": "typing", "session_id": session.id, "active": True}
    wire.drop()
    wire.protocol.typing(sending.channel, active=True)
    wire.connect()
    wire.settle()
    assert [each["type"] for each in wire.model.received].count("typing") == 1


def test_frames_of_sessions_that_nobody_reads_are_ignored(wire: Wire) -> None:
    other = Session("elsewhere", 9)
    other.write("notice", code="x", text="y")
    wire.give(other.log[0])
    wire.give({"type": "ack", "client_msg_id": "?", "session_id": "s", "turn_id": "t"})
    assert wire.session_heard == {}


def test_draining_and_limits_are_noted(wire: Wire) -> None:
    wire.settle()
    wire.give({"type": "drain", "reconnect_in_ms": 700})
    wire.give({"type": "pong"})
    assert wire.protocol.drain_ms == 700
    assert wire.protocol.limits.sessions == 16
    wire.drop()
    assert wire.protocol.drain_ms is None


@pytest.mark.parametrize("data", ["", "[]", "7", "{}", '{"type": 3}', "\ud800", b"\xff"])
def test_what_is_no_frame_is_none(data: str | bytes) -> None:
    assert Codec().decode(data) is None
    assert Codec("msgpack").decode(b"") is None
