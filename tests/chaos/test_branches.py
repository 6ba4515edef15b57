"""What a session that forks shows, in its history and to who reads along."""

from tests.chaos.branches import shown_turns
from tests.chaos.checker import check
from tests.chaos.events import Acked, Event, Forked, Frame, Got, History, Opened
from tests.chaos.story import ack, answer, delta, done, got, kept, question, started
from tests.chaos.view import View

ONE, TWO = "u0/d0", "u0/d1"
Q1, A1, Q2 = question(1), answer(1, "a b "), question(2, failed="provider_unavailable")


def ids(view: View) -> list[str]:
    return [*view.messages]


def spoken() -> View:
    """Return a view of three answered turns, the second a burst of two messages."""
    burst = [question(2), question(3) | {"turn_id": "t2"}]
    return View([Q1, answer(1, ""), *burst, answer(2, ""), question(4), answer(4, "")])


def test_without_forks_all_turns_are_shown() -> None:
    assert shown_turns(["t2", "t1", "t3"], {}) == {"t1", "t2", "t3"}
    assert shown_turns([], {}) == set()


def test_a_fork_takes_the_place_of_its_origin_and_of_all_after_it() -> None:
    assert shown_turns(["t1", "t2", "t3"], {"t4": "t2"}) == {"t1", "t4"}
    assert shown_turns(["t1", "t2", "t3", "t5"], {"t4": "t2"}) == {"t1", "t4", "t5"}


def test_a_fork_of_a_turn_that_is_not_shown_brings_its_branch_back() -> None:
    assert shown_turns(["t1", "t2"], {"t3": "t1", "t4": "t2"}) == {"t1", "t4"}


def test_an_edited_message_takes_out_what_came_after_it() -> None:
    view = spoken()
    view.add(question(5) | {"supersedes": "m3"})
    assert ids(view) == ["m1", "a1", "m2", "m5"]
    view.replace("t2", "t5", ["m2", "m5"])
    assert ids(view) == ["m1", "a1", "m2", "m5"]
    assert view.turns == ["t1", "t5"]


def test_a_second_answer_keeps_the_words_and_takes_out_the_rest() -> None:
    view = spoken()
    view.replace("t2", "t5", ["m2", "m3"])
    assert ids(view) == ["m1", "a1", "m2", "m3"]
    assert view.turns == ["t1", "t5"]


def test_what_is_not_in_view_is_not_taken_out() -> None:
    view = spoken()
    before = ids(view)
    view.replace("t0", "t5", ["m0"])
    view.add(question(6) | {"supersedes": "m0"})
    assert ids(view) == [*before, "m6"]


def forked(*history: Frame, text: str | None = None) -> list[Event]:
    """Return the run that is kept, and then a second answer to its first message."""
    again = started(4, 3) | {"supersedes": "t1", "message_ids": ["m1"]}
    said = [again, delta(5, 3, "z"), done(6, 3, "z")]
    fork = Forked(user="u0", session_id="s_1", client_msg_id="c3", turn_id="t1", text=text)
    acked = Acked(user="u0", ack=ack(3).ack | {"message_id": "m1"})
    read = [each for reader in (ONE, TWO) for each in got(reader, *said)]
    end = History(user="u0", session_id="s_1", messages=history)
    return [*kept()[:-1], fork, acked, *read, end]


AGAIN = Q1 | {"turn_id": "t3"}


def test_a_second_answer_that_is_shown_everywhere_is_no_violation() -> None:
    assert check(forked(AGAIN, answer(3, "z"))) == []


def test_a_branch_that_should_be_gone_is_found() -> None:
    rules = {each.rule for each in check(forked(AGAIN, answer(3, "z"), Q2))}
    assert "a turn of another branch" in rules
    assert "a reader misses a message" in rules


def test_a_reader_that_was_not_told_of_another_branch_is_found() -> None:
    events = [
        each
        for each in forked(AGAIN, answer(3, "z"))
        if not (isinstance(each, Got) and each.frame.get("supersedes") and each.reader == TWO)
    ]
    assert "a reader has a message that is not kept" in {each.rule for each in check(events)}


def test_a_message_of_the_new_branch_must_not_be_lost() -> None:
    events = forked(AGAIN, answer(3, "z"))
    late = Acked(user="u0", ack=ack(4).ack)
    assert "an acknowledged message is lost" in {
        each.rule for each in check([*events[:-1], Opened(reader=ONE), late, events[-1]])
    }
