"""What a message asks memory for."""

import pytest

from sessions.memory.asked import asks_for_all, speaks_of


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


def test_people_are_spoken_of_by_their_relation() -> None:
    assert "person:sister" in speaks_of("What is my sister's name?")
    assert not speaks_of("Who is my target audience?")
