"""What a message asks memory for."""

import pytest

from sessions.memory.asked import asked, asks_for_all, speaks_of


@pytest.mark.parametrize(
    ("text", "everything"),
    [
        ("What do you know about me?", True),
        ("Tell me everything you remember about me", True),
        ("저에 대해 뭘 알고 있어요?", True),
        ("What do you know about exams?", False),
        ("What do you think of me?", False),
    ],
)
def test_only_a_question_about_the_user_asks_for_all(text: str, everything: bool) -> None:
    assert asks_for_all(text) is everything


@pytest.mark.parametrize(
    ("text", "pledges", "promises"),
    [
        ("What did I promise?", True, False),
        ("what did I say I'd do", True, False),
        ("내가 뭐 하기로 했지?", True, False),
        ("What did you promise me?", False, True),
        ("I promised to call her", False, False),
    ],
)
def test_what_the_user_promised_is_not_what_a_mentor_did(
    text: str, *, pledges: bool, promises: bool
) -> None:
    assert asked(text).pledges is pledges
    assert asked(text).promises is promises


def test_people_are_spoken_of_by_their_relation() -> None:
    assert "person:sister" in speaks_of("What is my sister's name?")
    assert not speaks_of("Who is my target audience?")
