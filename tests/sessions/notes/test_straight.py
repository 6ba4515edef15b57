"""Of two days that are named in one breath, the one that is meant is left."""

import pytest

from sessions.notes import extract
from sessions.notes.straight import straightened


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("My exam is on Thursday, no wait, on Friday", "My exam is on Friday"),
        ("My exam is on Thursday, sorry, on Friday.", "My exam is on Friday."),
        ("I have an exam on Thursday. No wait, on Friday.", "I have an exam on Friday."),
        ("It is due tomorrow, sorry, I mean Friday.", "It is due Friday."),
        ("My exam was moved from Thursday to Friday", "My exam was moved to Friday"),
        ("They moved my exam from May 3 to May 10.", "They moved my exam to May 10."),
        ("My exam is not on Thursday but on Friday", "My exam is on Friday"),
        ("My exam was on Thursday but it got moved to Friday", "My exam is on Friday"),
        ("My exam is on Thursday. It moved to Friday.", "My exam is on Friday."),
        ("시험이 목요일에서 금요일로 바뀌었어", "시험이 금요일로 바뀌었어"),
        ("시험이 5월 3일에서 5월 10일로 미뤄졌어요", "시험이 5월 10일로 미뤄졌어요"),
        ("시험이 목요일이야, 아니다 금요일이야", "시험이 금요일이야"),
        ("시험은 목요일이 아니라 금요일이에요", "시험은 금요일이에요"),
    ],
)
def test_the_day_that_is_meant_is_left(said: str, meant: str) -> None:
    assert straightened(said) == meant
    assert straightened(meant) == meant


@pytest.mark.parametrize(
    "said",
    [
        "The workshop is from Monday to Wednesday.",
        "My exam is on Friday. Wait, tomorrow I have the dentist too",
        "I can't do Monday, sorry. Tuesday works",
        "My exam is on Thursday and the talk is on Friday.",
        "I can't wait until Friday.",
        "I moved from Berlin to Paris on Friday.",
        "I'm free on Thursday, not on Friday.",
        "회의는 월요일에서 수요일까지예요",
        "목요일에 시험, 금요일에 발표가 있어요",
    ],
)
def test_other_days_stay_as_they_are(said: str) -> None:
    assert straightened(said) == said


def test_a_note_has_the_day_that_is_meant() -> None:
    [note] = extract("My exam is on Thursday, no wait, on Friday", "t_1")

    assert note.text == "exam on Friday"
