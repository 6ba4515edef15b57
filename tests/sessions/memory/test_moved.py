"""Messages that say an event to be on another day, or to be off."""

from datetime import date

import pytest

from sessions.memory.extract import from_user
from sessions.memory.extract.rules import from_answer

MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


@pytest.mark.parametrize(
    "text",
    [
        "My exam was moved from Thursday to Friday",
        "They postponed my exam from Thursday to Friday.",
        "My exam got rescheduled for Friday",
        "The exam got pushed back to Friday",
        "My exam is on Thursday, no wait, on Friday",
        "My exam was on Thursday but it got moved to Friday.",
        "시험이 목요일에서 금요일로 바뀌었어",
        "시험이 금요일로 미뤄졌어요",
        "시험을 목요일에서 금요일로 당겼어요",
        "시험이 금요일로 옮겨졌어",
    ],
)
def test_an_event_that_is_moved_is_on_its_new_day(text: str) -> None:
    [found] = from_user(text, today=MONDAY).found

    assert (found.kind, found.slot, found.due) == ("deadline", "event:exam", FRIDAY)


@pytest.mark.parametrize(
    "text",
    [
        "actually it moved to friday",
        "It got postponed to Friday.",
        "They moved it to Friday",
        "It's been rescheduled for Friday.",
        "It's on Friday now.",
        "no wait, on Friday",
        "금요일로 미뤄졌어",
        "아 그거 금요일로 바뀌었어요",
    ],
)
def test_what_was_told_of_last_is_moved_without_its_name(text: str) -> None:
    reading = from_user(text, today=MONDAY)

    assert reading.moved is not None
    assert reading.moved.day == FRIDAY
    assert reading.found == ()


@pytest.mark.parametrize(
    "text",
    [
        "Could it be moved to Friday?",
        "If it moved to Friday, I would be glad.",
        "I moved to Berlin on Friday.",
        "It's Friday!",
        "I can't wait for Friday",
        "My mood changed on Friday.",
        "금요일에 집을 옮겨요",
    ],
)
def test_nothing_is_moved_by_what_says_something_else(text: str) -> None:
    assert from_user(text, today=MONDAY).moved is None


@pytest.mark.parametrize(
    "text",
    [
        "The exam is cancelled",
        "Exam got canceled",
        "My exam has been called off.",
        "They cancelled the exam",
        "I don't have an exam anymore, it was cancelled",
        "There is no exam any more.",
        "The exam isn't happening.",
        "My exam is on Thursday and it's cancelled",
        "시험 취소됐어",
        "시험이 취소됐대요",
        "시험이 없어졌어요",
    ],
)
def test_an_event_that_is_off_ends(text: str) -> None:
    reading = from_user(text, today=MONDAY)

    assert reading.found == ()
    assert len(reading.ended) == 1
    assert any(name in reading.ended[0].words.casefold() for name in ("exam", "시험"))


@pytest.mark.parametrize("text", ["They changed it on Friday", "That changed on Friday with him"])
def test_a_day_on_which_something_changed_moves_nothing(text: str) -> None:
    assert from_user(text, today=MONDAY).moved is None


@pytest.mark.parametrize("text", ["It was cancelled.", "They called it off", "취소됐어요"])
def test_what_was_told_of_last_is_off_without_its_name(text: str) -> None:
    reading = from_user(text, today=MONDAY)

    assert [each.last for each in reading.ended] == [True]


def test_what_a_message_tells_and_calls_off_is_not_kept() -> None:
    reading = from_user("My exam is on Thursday. Oh, it was cancelled.", today=MONDAY)

    assert reading.found == ()
    assert [each.words for each in reading.ended] == ["My exam is on Thursday"]


@pytest.mark.parametrize(
    "text",
    [
        "The exam is not cancelled",
        "Is the exam cancelled?",
        "The exam might be cancelled.",
        "I don't have an exam today.",
        "I don't have a plan for the exam anymore.",
        "시험 공부를 안 하게 돼요",
        "시험이 취소됐으면 좋겠어",
    ],
)
def test_an_event_that_may_be_off_does_not_end(text: str) -> None:
    assert from_user(text, today=MONDAY).ended == ()


@pytest.mark.parametrize(
    "text",
    [
        "He wants to raise the rent by 200 euros from January",
        "The rent goes up from Friday.",
        "1월부터 월세가 20만원 올라요",
    ],
)
def test_a_day_from_which_something_goes_on_is_no_deadline(text: str) -> None:
    assert [each for each in from_user(text, today=MONDAY).found if each.kind == "deadline"] == []


@pytest.mark.parametrize("text", ["My course starts from Friday", "수업이 금요일부터 시작해요"])
def test_what_begins_on_a_day_is_due_on_it(text: str) -> None:
    assert [each.due for each in from_user(text, today=MONDAY).found] == [FRIDAY]


@pytest.mark.parametrize("text", ["아무것도 하기 싫어", "그냥 다 하기 싫어요", "하기 싫어"])
def test_a_mood_is_no_preference(text: str) -> None:
    assert [each.kind for each in from_user(text, today=MONDAY).found] == []


@pytest.mark.parametrize(
    ("answer", "promise"),
    [
        ("And I'll ask you on Friday how it went.", "I'll ask you on Friday how it went"),
        ("그리고 금요일에 어떻게 됐는지 여쭤볼게요.", "금요일에 어떻게 됐는지 여쭤볼게요"),
    ],
)
def test_a_promise_stands_without_what_joined_it_to_the_answer(answer: str, promise: str) -> None:
    assert [each.text for each in from_answer(answer, today=MONDAY)] == [promise]
