"""What is next, from what users set out to do and what answers propose."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.conversation import PastTurn, Summary
from sessions.history import fold
from sessions.progress import progress_of, recap
from sessions.progress.steps import LONGEST, MOST_OWN, MOST_PROPOSED
from tests.sessions.turns import AT

SAID = st.sampled_from(
    [
        "I'll write to Sam about the opening tomorrow.",
        "I am going to run every morning this week",
        "내일 팀장님께 메일 보낼게요",
        "I sent it!",
        "보냈어요.",
        "It did not work, I don't know.",
        "",
    ]
)


def talked(*exchanges: tuple[str, str]) -> Summary:
    summary = Summary()
    for number, (said, answer) in enumerate(exchanges, start=1):
        turn = PastTurn(turn_id=f"t{number}", user_text=said, answer=answer, persona="", at=AT)
        summary = fold(summary, turn, number=number)
    return summary


def following(*exchanges: tuple[str, str]) -> tuple[str, ...]:
    progress = progress_of(talked(*exchanges))
    return progress.next if progress else ()


@pytest.mark.parametrize(
    ("said", "steps"),
    [
        ("ok, I'll email him tomorrow with the cost", "Email him tomorrow with the cost"),
        ("I decided to skip the reunion because I'm tired", "Skip the reunion"),
        ("네 내일 프로젝트 하나 골라볼게요", "내일 프로젝트 하나 골라볼게요"),
        ("다음 주부터 매일 걷기로 했어요", "다음 주부터 매일 걷기로 했어요"),
        ("Will I ever get better?", None),
        ("I'm afraid I'll lose my job", None),
        ("I'll never be good at this", None),
        ("I'll kill myself tomorrow night", None),
        ("팀장님이 내일 오실 거예요", None),
        ("잘 모르겠어요 정말", None),
        ("내일 죽을게요 그냥", None),
    ],
)
def test_what_a_user_sets_out_to_do_is_a_step(said: str, steps: str | None) -> None:
    assert following((said, "I hear you.")) == ((steps,) if steps else ())


@pytest.mark.parametrize("done", ["I sent it! He said maybe.", "I emailed Sam about the opening"])
def test_a_step_that_was_done_is_not_next(done: str) -> None:
    step = ("I'll email Sam about the opening tomorrow", "Good.")
    assert following(step) == ("Email Sam about the opening tomorrow",)
    tried = done if "it" in done else f"I already tried it: {done}"
    assert following(step, (tried, "Well done.")) == ()


def test_what_an_answer_proposes_comes_after_the_users_own() -> None:
    answer = (
        "**Situation.** Late.\n\n**Next steps**\n1. You, now: call the lead.\n2. Write it down."
    )
    korean = "천천히 해도 돼요. 오늘은 공고를 다섯 개만 모아 보세요. 괜찮죠?"
    assert following(("I'll talk to Ana tonight", answer)) == (
        "Talk to Ana tonight",
        "call the lead",
        "Write it down",
    )
    assert following(("음", answer), ("네", korean)) == ("오늘은 공고를 다섯 개만 모아 보세요",)
    assert following(("음", answer), ("네", "그랬군요.")) == ("call the lead", "Write it down")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(SAID, st.text(max_size=120)), max_size=12))
def test_steps_stay_few_and_short_whatever_is_said(exchanges: list[tuple[str, str]]) -> None:
    steps = talked(*exchanges).steps
    assert sum(each.kind == "step" for each in steps) <= MOST_OWN
    assert sum(each.kind == "proposed" for each in steps) <= MOST_PROPOSED
    assert all(0 < len(each.text) <= LONGEST for each in steps)
    assert len({(each.kind, each.text) for each in steps}) == len(steps)


def test_a_recap_is_one_line_in_the_language_of_the_talk() -> None:
    assert recap(Summary()) == ""
    korean = talked(("6월까지 이직하고 싶어요", ""), ("내일 프로젝트 하나 골라볼게요", ""))
    assert (
        recap(korean)
        == "지난번 이야기: 6월까지 이직하기. 다음 할 일: 내일 프로젝트 하나 골라볼게요."
    )
    assert recap(talked(("The trains were late again.", ""))) == (
        "Last time: The trains were late again."
    )
    assert recap(talked(("I want to kill myself", ""))) == ""
