"""What has been, and what somebody else has, makes no plan of the user's."""

from datetime import date

import pytest

from sessions.llm.offline.remembering import new_promise
from sessions.memory.extract.rules import from_answer, from_user
from sessions.notes import extract

SUNDAY = date(2026, 11, 29)
PLANS = ("deadline", "commitment")


def planned(text: str) -> list[str]:
    """Return the days of what is kept of a message."""
    return [str(each.due) for each in from_user(text, today=SUNDAY).found if each.due]


@pytest.mark.parametrize(
    "text",
    [
        "I failed my driving test on Monday.",
        "I had to hand in my report on Friday and I missed it.",
        "My brother had his exam on Tuesday.",
        "The interview on Friday went badly.",
        "My sister had surgery on Tuesday.",
        "My friend Brunhold has an exam on Wednesday.",
        "Brunhold has an exam on Wednesday.",
        "My brother's exam is on Wednesday.",
        "She has an interview on Wednesday.",
        "My exam was on Thursday and I missed it.",
        "I'm sad that I failed my test on Monday.",
        "I took my exam on Friday last week.",
        "Rent was due on Friday.",
        "I passed my exam on Tuesday!",
        "My daughter has her driving test on Friday.",
        "지난주 금요일에 면접을 봤는데 떨어졌어요.",
        "지난 금요일에 면접이 있었어요.",
        "금요일에 면접 봤는데 망했어요.",
        "금요일에 시험을 봤다.",
        "오늘 아침에 시험 봤는데 망쳤어요",
        "수요일에 면접 합격 통보를 받았어요.",
        "목요일까지 보고서를 냈어야 했는데 못 냈어요.",
        "우리 형이 토요일에 수능을 봐요.",
        "제 동생이 수요일에 시험을 봐요.",
        "친구가 금요일에 면접이 있어요.",
    ],
)
def test_what_has_been_or_is_anothers_makes_no_plan(text: str) -> None:
    language = "en" if text.isascii() else "ko"
    found = from_user(text, today=SUNDAY).found
    assert planned(text) == []
    assert not [each for each in found if each.kind in PLANS]
    notes = extract(text, "t1")
    assert not [each for each in notes if each.kind == "deadline"]
    assert new_promise(notes, language, "day") == {}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I have an interview on Friday.", "2026-12-04"),
        ("my exam is on Tuesday", "2026-12-01"),
        ("My deadline was moved to Friday.", "2026-12-04"),
        ("I promised to send the report by Friday.", "2026-12-04"),
        ("I have an exam on Friday that I didn't study for.", "2026-12-04"),
        ("The test on Monday went badly and I have another exam on Friday.", "2026-12-04"),
        ("My boss wants the report by Friday.", "2026-12-04"),
        ("My friend has a wedding on Saturday.", "2026-12-05"),
        ("I signed up for the test on Saturday.", "2026-12-05"),
        ("금요일에 시험인데 하나도 안 했어요.", "2026-12-04"),
        ("금요일에 면접이 있어요.", "2026-12-04"),
        ("금요일에 시험이 있어서 밤새 공부했어요.", "2026-12-04"),
        ("면접이 금요일로 잡혔어요.", "2026-12-04"),
        ("다음 주 금요일에 시험 보기로 했어요.", "2026-12-04"),
    ],
)
def test_what_is_to_come_is_still_planned(text: str, day: str) -> None:
    assert planned(text) == [day]


@pytest.mark.parametrize(
    "answer",
    [
        "I'll ask you on Friday how it went with your test.",
        "I'll check how it went on Friday.",
        "금요일에 면접 어떻게 됐는지 여쭤볼게요.",
    ],
)
def test_a_promise_speaks_of_the_past_that_will_be(answer: str) -> None:
    assert [str(each.due) for each in from_answer(answer, today=SUNDAY)] == ["2026-12-04"]
