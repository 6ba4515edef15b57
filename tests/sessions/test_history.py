"""The verbatim window, the rolling summary and the estimate of tokens."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.conversation import Conversation, PastTurn, Summary
from sessions.history import fold, window
from sessions.tokens import estimate_tokens

START = datetime(2026, 1, 5, tzinfo=UTC)


def turn(number: int, text: str, answer: str = "I hear you.") -> PastTurn:
    return PastTurn(
        turn_id=f"t{number}",
        user_text=text,
        answer=answer,
        persona="lua",
        at=START + timedelta(minutes=number),
    )


def folded(*texts: str, keep_turns: int = 5) -> Summary:
    summary = Summary()
    for number, text in enumerate(texts, start=1):
        summary = fold(summary, turn(number, text), number=number, keep_turns=keep_turns)
    return summary


def notes(summary: Summary, kind: str) -> list[str]:
    return [note.text for note in summary.notes if note.kind == kind]


def shown(count: int, *, cost: int = 1, budget: int = 1_000) -> list[int]:
    turns = [turn(number, "a" * cost, "") for number in range(1, count + 1)][-50:]
    talk = Conversation(session_id="s", recent=tuple(turns), count=count)
    return [int(each.turn_id[1:]) for each in window(talk, budget_tokens=budget, count=len)]


def test_the_window_holds_the_newest_turns_in_order_and_moves_in_steps() -> None:
    assert shown(4) == [1, 2, 3, 4]
    assert shown(9) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert shown(10) == [6, 7, 8, 9, 10]
    assert shown(14) == [6, 7, 8, 9, 10, 11, 12, 13, 14]
    assert shown(95) == [91, 92, 93, 94, 95]


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=200), st.integers(min_value=1, max_value=40))
def test_the_window_stays_within_its_budget_and_holds_three_turns_that_fit(
    count: int, cost: int
) -> None:
    kept = shown(count, cost=cost, budget=100)
    assert kept == list(range(kept[0], count + 1))
    assert len(kept) == 1 or len(kept) * cost <= 100
    assert len(kept) >= min(3, count, 100 // cost)


@settings(deadline=None)
@given(st.integers(min_value=5, max_value=150), st.integers(min_value=1, max_value=20))
def test_most_turns_leave_the_window_where_it_begins(first: int, cost: int) -> None:
    starts = [shown(count, cost=cost, budget=100)[0] for count in range(first, first + 20)]
    assert starts == sorted(starts)
    assert len(set(starts)) <= 11


def test_the_window_leaves_whole_turns_out_when_the_budget_is_spent() -> None:
    turns = (turn(1, "a" * 400, "b" * 400), turn(2, "c" * 200, "d" * 200), turn(3, "e", "f"))
    kept = window(Conversation(session_id="s", recent=turns, count=3), budget_tokens=120)
    assert [each.turn_id for each in kept] == ["t2", "t3"]
    assert kept[0].answer == "d" * 200


def test_the_newest_turn_is_in_the_window_however_long_it_is() -> None:
    turns = (turn(1, "short"), turn(2, "x" * 8_000))
    kept = window(Conversation(session_id="s", recent=turns, count=2), budget_tokens=10)
    assert [each.turn_id for each in kept] == ["t2"]


def test_a_window_of_no_turns_and_a_new_session_are_empty() -> None:
    conversation = Conversation(session_id="s", recent=(turn(1, "hello"),), count=1)
    assert window(conversation, turns=0) == ()
    assert window(Conversation(session_id="s")) == ()


def test_notes_are_there_after_the_turn_that_told_them() -> None:
    summary = folded("Hi, I'm Dana. My boss ignores me. I want to become a product manager.")
    assert notes(summary, "name") == ["Dana"]
    assert notes(summary, "goal") == ["become a product manager"]
    assert notes(summary, "obstacle") == ["My boss ignores me"]
    assert notes(summary, "person") == ["boss"]
    assert summary.notes[0].turn_id == "t1"
    assert summary.upto == 1


def test_folding_the_same_turn_again_changes_nothing() -> None:
    summary = folded("My goal is to run a marathon.", "I don't have time to train.")
    assert fold(summary, turn(2, "My goal is to nap."), number=2) == summary
    assert fold(summary, turn(1, "My goal is to nap."), number=1) == summary


def test_prose_joins_the_text_only_when_its_turn_has_left_the_window() -> None:
    told = [f"Number {number} is what I told you about." for number in range(1, 8)]
    early, late = folded(*told[:5]), folded(*told)
    assert early.text == ""
    assert len(early.pending) == 5
    assert late.text.splitlines() == [f"1. {told[0]}", f"2. {told[1]}"]
    assert len(late.pending) == 5


def test_without_a_window_prose_joins_the_text_at_once() -> None:
    summary = folded("I moved to Busan last year.", keep_turns=0)
    assert summary.text == "1. I moved to Busan last year."
    assert summary.pending == ()


def test_a_line_keeps_the_sentence_that_carries_the_goal() -> None:
    long = "It rained the whole day and I watched the trains go by from the kitchen window. "
    summary = folded(f"{long}I want to change careers.", keep_turns=0)
    assert summary.text == "1. I want to change careers."


def test_the_text_stays_bounded_and_remembers_how_it_began() -> None:
    texts = [f"On day {number} a lot happened at the office again, " * 4 for number in range(80)]
    summary = folded(*texts, keep_turns=2)
    assert estimate_tokens(summary.text) <= 300
    assert summary.text.startswith("1. On day 0")
    assert summary.text.splitlines()[-1].startswith("78. On day 77")


@settings(deadline=None)
@given(st.lists(st.text(max_size=400), max_size=12))
def test_any_texts_fold_into_a_bounded_summary(texts: list[str]) -> None:
    summary = folded(*texts)
    assert summary.upto == len(texts)
    assert len(summary.pending) == min(5, len(texts))
    assert estimate_tokens(summary.text) <= 300
    assert len(summary.notes) <= 49
