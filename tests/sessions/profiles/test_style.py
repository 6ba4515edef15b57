"""What tells how answers are liked."""

import pytest

from sessions.profiles.style import of_message, of_rating, of_stop

LONG = "word " * 200


@pytest.mark.parametrize(
    ("text", "trait", "sign"),
    [
        ("Please keep it short, I'm on the bus and only have a moment", "length", -1),
        ("that was too long for me, honestly, and I could not follow", "length", -1),
        ("Could you explain that in more detail? I did not get it", "length", 1),
        ("짧게 답해 주세요, 지금 시간이 별로 없어서 그래요", "length", -1),
        ("조금 더 자세히 설명해 주실 수 있을까요, 잘 모르겠어서요", "length", 1),
        ("Give me a step-by-step plan for the move to Busan", "structure", 1),
        ("단계별로 알려 주세요, 처음 해 보는 일이라 잘 몰라요", "structure", 1),
        ("No bullet points please, talk to me as a friend would", "structure", -1),
        ("목록 말고 그냥 이야기하듯이 말해 주면 좋겠어요 부탁해요", "structure", -1),
        ("One thing at a time, I can't keep all of that in my head", "pace", -1),
        ("하나씩 천천히 알려 주세요, 한꺼번에는 너무 많아요", "pace", -1),
        ("Just get to the point, what should I say to my manager?", "pace", 1),
        ("본론만 말해 주세요, 면접이 내일이라서 시간이 없어요", "pace", 1),
    ],
)
def test_what_is_asked_for_counts_for_its_trait(text: str, trait: str, sign: int) -> None:
    votes = of_message(text)

    assert votes[trait] == pytest.approx(1.5 * sign)


@pytest.mark.parametrize(
    "text",
    [
        "My boss went into every detail of the report in front of all my colleagues",
        "I have a long list of things that annoy me about this flat, where to start?",
        "그 사람은 정말 오래 걸려서 답장을 해요, 왜 그러는지 모르겠어요 정말로",
    ],
)
def test_words_that_ask_for_nothing_ask_for_nothing(text: str) -> None:
    assert of_message(text) == {}


def test_how_long_a_user_writes_says_very_little() -> None:
    assert of_message("ok") == {"length": -0.05}
    assert of_message("a" * 400) == {"length": 0.05}


def test_a_rating_speaks_for_or_against_the_shape_of_the_answer() -> None:
    listed = "1. one\n2. two\n" + LONG

    assert of_rating(1.0, answer=listed, reason="") == {"length": 0.4, "structure": 0.4}
    assert of_rating(0.0, answer=listed, reason="") == {"length": -0.3, "structure": -0.3}
    assert of_rating(1.0, answer="Yes.", reason="") == {"length": -0.4}
    assert of_rating(0.0, answer="Yes.", reason="") == {}
    assert of_rating(0.5, answer=listed, reason="") == {}
    assert of_rating(0.0, answer="Yes.", reason="too short") == {"length": 1.5}


def test_an_answer_that_was_cut_off_late_was_too_long() -> None:
    assert of_stop(LONG) == {"length": -0.4}
    assert of_stop("a few words") == {}
