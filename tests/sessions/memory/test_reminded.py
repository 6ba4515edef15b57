"""Requests to be reminded of something on a day: what they mean to do then."""

from datetime import date

import pytest

from sessions.memory.extract import from_user

MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Remind me to call the landlord on Friday at 9", "call the landlord on Friday at 9"),
        ("Can you remind me on Friday about the exam?", "on Friday about the exam"),
        ("hey, could you please remind me to pay the rent on Friday?", "pay the rent on Friday"),
        (
            "금요일 9시에 집주인한테 전화하라고 알려줘",
            "금요일 9시에 집주인한테 전화하라고 알려줘",
        ),
        ("금요일에 월세 내라고 알려줄래?", "금요일에 월세 내라고 알려줄래"),
    ],
)
def test_what_is_to_be_called_to_mind_on_a_day_is_a_commitment(text: str, told: str) -> None:
    [found] = from_user(text, today=MONDAY).found

    assert (found.kind, found.text, found.due) == ("commitment", told, FRIDAY)


@pytest.mark.parametrize(
    "text",
    [
        "Remind me to breathe",
        "remind me what I said about Mina on Friday",
        "Remind me of my goal on Friday",
        "remind me again what I said about the interview on Friday",
        "remind me that I can do this, the exam is on Friday",
        "금요일 시험 잘할 수 있을 거라고 알려줘",
        "금요일 시험인데 잘할 거라고 말해 줘",
        "Songs remind me of Friday nights",
        "금요일 날씨 알려줘",
        "집주인한테 전화하라고 알려줘",
    ],
)
def test_without_a_day_or_a_thing_to_do_it_is_none(text: str) -> None:
    kinds = [each.kind for each in from_user(text, today=MONDAY).found]

    assert "commitment" not in kinds
