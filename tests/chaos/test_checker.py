"""The checker finds every kind of broken promise, and none where all were kept."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from msgspec import structs

from tests.chaos.checker import check
from tests.chaos.events import Acked, Asked, Event, Frame, Got, History, Opened, Sent, Stuck
from tests.chaos.story import (
    ack,
    answer,
    attached,
    delta,
    done,
    failed,
    got,
    kept,
    message,
    question,
    snapshot,
    started,
)

ONE, TWO = "u0/d0", "u0/d1"
Break = Callable[[list[Event]], list[Event]]


def rules(events: list[Event]) -> set[str]:
    return {each.rule for each in check(events)}


def after(*more: Event) -> Break:
    """Add events before the history is read."""
    return lambda events: [*events[:-1], *more, events[-1]]


def without(unwanted: Event) -> Break:
    return lambda events: [each for each in events if each != unwanted]


def instead(old: Event, *new: Event) -> Break:
    def change(events: list[Event]) -> list[Event]:
        at = events.index(old)
        return [*events[:at], *new, *events[at + 1 :]]

    return change


def frame(reader: str, old: Frame, *new: Frame) -> Break:
    return instead(Got(reader=reader, frame=old), *got(reader, *new))


def history(*messages: Frame) -> Break:
    def change(events: list[Event]) -> list[Event]:
        last = events[-1]
        assert isinstance(last, History)
        return [*events[:-1], structs.replace(last, messages=messages)]

    return change


Q1, A1, Q2 = question(1), answer(1, "a b "), question(2, failed="provider_unavailable")
OTHER = question(1, text="?")
WHOLE = snapshot(0, Q1, A1, epoch="e2")
SEEN: Frame = {"type": "error", "code": "internal", "ref": "c1"}
BROKEN: list[tuple[str, Break]] = [
    ("a hole in the log", frame(ONE, delta(3, 1, "a "))),
    ("a frame again", after(*got(ONE, failed(3, 2)))),
    ("a frame before attached", after(Opened(reader=ONE), *got(ONE, failed(4, 2)))),
    ("a frame before attached", frame(ONE, attached(4))),
    ("recovered from elsewhere", frame(ONE, attached(4), attached(3), delta(4, 1, "b "))),
    ("recovered from elsewhere", frame(TWO, attached(5), attached(5, epoch="e0"))),
    ("recovered what was not asked for", frame(ONE, attached(0), attached(2))),
    (
        "a reader with another's cursor",
        after(Opened(reader=ONE), Asked(reader=ONE, session_id="s_1", epoch="e2", after=2)),
    ),
    ("attached twice", after(*got(ONE, attached(3, epoch="e2")))),
    ("attached without its snapshot", after(*got(TWO, *[attached(9, recovered=False)] * 2))),
    (
        "no snapshot after recovered: false",
        frame(TWO, WHOLE),
    ),
    ("snapshot out of place", after(*got(TWO, snapshot(3, Q1, A1, Q2, epoch="e2")))),
    (
        "snapshot out of place",
        frame(TWO, WHOLE, snapshot(1, Q1, A1, epoch="e2")),
    ),
    ("a delta of a turn that does not run", after(*got(ONE, delta(4, 1, "more")))),
    ("the end of a turn that does not run", frame(ONE, started(2, 2), message(2, 2))),
    ("deltas are not the answer", frame(ONE, delta(3, 1, "a "), delta(3, 1, "x "))),
    ("an end was forgotten", frame(TWO, WHOLE, snapshot(0, Q1, epoch="e2"))),
    ("a message twice", frame(TWO, WHOLE, WHOLE | {"messages": [Q1, Q1, A1]})),
    ("two frames with one number", frame(TWO, delta(4, 1, "b "), delta(4, 1, "b") | {"at": "?"})),
    (
        "a turn ended twice",
        after(*got(ONE, started(4, 1), delta(5, 1, "a b "), done(6, 1, "a b "))),
    ),
    ("two ends of one turn", after(*got(ONE, started(4, 1), done(5, 1, "")))),
    ("two ends of one turn", history(Q1, answer(1, "a"), Q2)),
    ("two ends of one turn", history(Q1, A1, question(2, failed="internal"))),
    ("somebody else's session", after(*got("u1/d0", attached(0)))),
    ("somebody else's session", after(*got("u1/d0", failed(3, 2)))),
    ("an ack changed", after(ack(1, duplicate=True, turn_id="t9"))),
    ("an ack changed", after(ack(1, duplicate=True, message_id="m9"))),
    ("an ack of what was not sent", after(ack(3))),
    ("a message was accepted twice", after(ack(1))),
    ("a message was never acknowledged", without(ack(2))),
    ("a session is gone", lambda events: events[:-1]),
    ("an acknowledged message is lost", history(Q1, A1)),
    ("a message in another turn", history(Q1, A1, Q2 | {"turn_id": "t1"})),
    ("a message twice", history(Q1, Q1, A1, Q2)),
    ("a client_msg_id twice", history(Q1, A1, Q1 | {"id": "m7"}, Q2)),
    ("a message nobody sent", history(Q1, A1, Q2, question(3, failed="x"))),
    ("a message was altered", history(OTHER, A1, Q2)),
    ("a turn is open", history(Q1, A1, question(2))),
    ("a turn has two ends", history(Q1 | {"failed": "internal"}, A1, Q2)),
    ("a turn has two ends", history(Q1, A1, answer(1, "a b ") | {"id": "a7"}, Q2)),
    ("a reader misses a message", frame(ONE, message(1, 2), started(1, 2))),
    ("a reader has another text", frame(ONE, WHOLE, snapshot(0, OTHER, A1, epoch="e2"))),
    ("a reader misses an end", frame(TWO, failed(3, 2))),
    ("a reader sees a turn run", frame(TWO, failed(3, 2))),
    ("a reader has a message that is not kept", history(Q1, A1)),
    ("messages in another order", frame(TWO, WHOLE, snapshot(0, A1, Q1, epoch="e2"))),
    (
        "an acknowledged message misses in a snapshot",
        after(
            Asked(reader=TWO, session_id="s_1"),
            *got(TWO, attached(3, epoch="e2", recovered=False), snapshot(3, Q1, A1, epoch="e2")),
        ),
    ),
    ("an error that nobody earned", after(*got(ONE, SEEN))),
    ("an error that nobody earned", after(*got(ONE, SEEN | {"code": "not_found"}))),
    ("it never came to rest", after(Stuck(what="no ack"))),
]  # fmt: skip


def test_a_run_that_kept_its_promises_has_no_violations() -> None:
    assert check(kept()) == []


@pytest.mark.parametrize(("rule", "broken"), BROKEN, ids=[rule for rule, _ in BROKEN])
def test_a_broken_promise_is_found(rule: str, broken: Break) -> None:
    events = broken(kept())
    assert events != kept()
    assert rule in rules(events)


LOGGED = [
    i
    for i, each in enumerate(kept())
    if isinstance(each, Got) and each.frame["type"] not in ("attached", "snapshot")
]


@pytest.mark.parametrize("index", LOGGED)
def test_no_frame_is_dropped_or_doubled_unseen(index: int) -> None:
    events = kept()
    assert check([*events[:index], *events[index + 1 :]])
    assert check([*events[:index], events[index], *events[index:]])


@pytest.mark.parametrize(("index", "other"), list(pairwise(LOGGED)))
def test_no_two_frames_change_places_unseen(index: int, other: int) -> None:
    events = kept()
    if events[index] == events[other]:
        return
    events[index], events[other] = events[other], events[index]
    assert check(events)


def test_refusals_that_are_earned_are_no_violations() -> None:
    refused: list[Frame] = [
        {"type": "error", "code": "overloaded", "ref": "c1"},
        {"type": "error", "code": "turn_running", "ref": "c2"},
        {"type": "error", "code": "rate_limited"},
    ]
    stranger: Frame = {"type": "error", "code": "not_found", "ref": "s_1"}
    events = after(*got(ONE, *refused), *got("u1/d0", stranger))(kept())
    assert check(events) == []


def test_what_trails_in_after_a_detach_is_no_violation() -> None:
    late = got(ONE, done(5, 1, "a b "))
    events = kept()
    at = events.index(Asked(reader=ONE, session_id="s_1", epoch="e1", after=5))
    assert check([*events[:at], *late, *events[at:]]) == []


def test_what_a_first_message_reads_may_cross_what_is_asked_for() -> None:
    crossed = instead(
        Got(reader=ONE, frame=attached(0)),
        Asked(reader=ONE, session_id="s_1"),
        *got(ONE, attached(0), attached(0, recovered=False), snapshot(0)),
    )
    assert check(crossed(kept())) == []


def test_a_turn_taken_over_begins_its_text_anew() -> None:
    events = kept()
    at = events.index(Got(reader=TWO, frame=started(2, 2)))
    again = started(2, 2) | {"type": "turn_restarted", "attempt": 2}
    rest = [delta(3, 2, "x"), again | {"seq": 4}, delta(5, 2, "y"), done(6, 2, "y")]
    ended = [*events[: at + 1], *got(TWO, *rest), Opened(reader=ONE)]
    messages = (Q1, A1, question(2), answer(2, "y"))
    before = [each for each in ended if not (isinstance(each, Got) and each.frame == failed(3, 2))]
    assert check([*before, History(user="u0", session_id="s_1", messages=messages)]) == []


def test_messages_of_one_burst_belong_to_the_turn_that_their_acks_name() -> None:
    joined = Acked(user="u0", ack=ack(3).ack | {"turn_id": "t2"})
    third = question(3) | {"turn_id": "t2", "failed": "provider_unavailable"}
    events = [
        *kept()[:-1],
        Opened(reader=ONE),
        Opened(reader=TWO),
        Sent(user="u0", client_msg_id="c3", text="question 3"),
        joined,
        History(user="u0", session_id="s_1", messages=(Q1, A1, Q2, third)),
    ]
    assert check(events) == []
