"""What a user has corrected by hand holds, in the session in which it was told as well."""

from pathlib import Path

import pytest

from app.demo import USER
from tests.e2e.mentor import mentor

ENGLISH = (
    (
        "Hi, my name is Jo.",
        "My goal is to run a marathon.",
        "My exam is on 18 December. I hope it goes well.",
        "I'm nervous about the exam in December.",
    ),
    (
        ("name", "My name is Joanna"),
        ("goal", "My goal is to run a half marathon"),
        ("deadline", "My exam is on 20 January"),
    ),
    (
        "When is my exam?",
        "What was my name?",
        "What was my goal?",
        "What did I say about my exam?",
        "Summarise what we have so far",
        "What do you know about me?",
        "What should I do?",
        "What did you suggest?",
    ),
    ("January 20", "Joanna", "half marathon", "20 January"),
    ("18", "December", "Jo.", "Jo,", "a marathon"),
)
KOREAN = (
    (
        "제 이름은 민지예요",
        "제 목표는 마라톤을 완주하는 거예요",
        "시험은 12월 18일이에요",
        "시험이 12월 18일이라 걱정돼요",
    ),
    (
        ("name", "제 이름은 민정이에요"),
        ("goal", "제 목표는 수영을 배우는 거예요"),
        ("deadline", "시험은 1월 20일이에요"),
    ),
    (
        "시험이 언제였죠?",
        "내 이름이 뭐야?",
        "제 목표가 뭐였죠?",
        "시험에 대해 제가 뭐라고 했죠?",
        "지금까지 정리해 줘",
        "저에 대해 뭘 알고 있어요?",
        "어떻게 하면 좋을까요?",
    ),
    ("1월 20일", "민정", "수영을 배우", "1월 20일"),
    ("12월", "18일", "민지", "마라톤"),
)


@pytest.mark.parametrize(("told", "changes", "asked", "right", "wrong"), [ENGLISH, KOREAN])
async def test_what_was_corrected_by_hand_is_not_contradicted_in_its_own_session(
    told: tuple[str, ...],
    changes: tuple[tuple[str, str], ...],
    asked: tuple[str, ...],
    right: tuple[str, ...],
    wrong: tuple[str, ...],
    tmp_path: Path,
) -> None:
    async with mentor(tmp_path) as talk:
        await talk.say(*told)
        for kind, text in changes:
            await talk.correct(kind, text)
        answers = [await talk.say(each) for each in asked]

    assert [
        words for words, answer in zip(right, answers, strict=False) if words not in answer
    ] == []
    assert [(words, answer) for words in wrong for answer in answers if words in answer] == []


async def test_what_is_said_after_a_correction_holds(tmp_path: Path) -> None:
    async with mentor(tmp_path) as talk:
        await talk.say("My exam is on 18 December.")
        await talk.correct("deadline", "My exam is on 20 January")
        await talk.say("They moved it. My exam is on 5 February now.")
        assert "February" in await talk.say("When is my exam?")


async def test_pinning_a_corrected_fact_makes_nothing_wrong_of_what_was_said_after(
    tmp_path: Path,
) -> None:
    async with mentor(tmp_path) as talk:
        await talk.say("My exam is on 18 December.")
        await talk.correct("deadline", "My exam is on 20 January")
        await talk.product.facts.pause(USER, True)
        await talk.say("They moved it. My exam is on 5 February now.")
        fact = await talk.fact("deadline")
        await talk.product.facts.pin(USER, fact.id, True)
        assert "February" in await talk.say("When is my exam?")


@pytest.mark.parametrize(
    ("told", "text", "title", "wrong"),
    [
        (
            "My goal is to run a marathon.",
            "My goal is to learn the cello",
            "Learn the cello",
            "marathon",
        ),
        (
            "제 목표는 마라톤을 완주하는 거예요",
            "제 목표는 수영을 배우는 거예요",
            "수영을 배우는 것",
            "마라톤",
        ),
    ],
)
async def test_title_and_progress_of_its_session_tell_what_was_corrected(
    told: str, text: str, title: str, wrong: str, tmp_path: Path
) -> None:
    async with mentor(tmp_path) as talk:
        await talk.say(told)
        assert wrong in (await talk.session()).title
        await talk.correct("goal", text)
        after = await talk.session()
        await talk.say("hm")
        later = await talk.session()

    for session in (after, later):
        assert session.title == title
        assert session.progress is not None
        assert session.progress.goal == title[0].lower() + title[1:]


@pytest.mark.parametrize(
    ("kind", "told", "changes", "asked", "right", "wrong"),
    [
        (
            "goal",
            "My goal is to run a marathon.",
            ("My goal is to learn the cello", "My goal is to learn the zither"),
            "What was my goal?",
            "learn the zither",
            ("marathon", "cello"),
        ),
        (
            "goal",
            "My goal is to run a marathon.",
            ("My goal is to learn the cello", "My goal is to run a marathon"),
            "What was my goal?",
            "run a marathon",
            ("cello",),
        ),
        (
            "deadline",
            "My exam is on 18 December.",
            ("My exam is on 20 January", "My exam is on 18 December"),
            "When is my exam?",
            "December 18",
            ("January",),
        ),
        (
            "person",
            "My sister Mina helps me practise.",
            ("My sister Nina helps me practise", "My sister Tina helps me practise"),
            "What is my sister's name?",
            "Tina",
            ("Mina", "Nina"),
        ),
    ],
)
async def test_the_last_of_several_corrections_holds(
    kind: str,
    told: str,
    changes: tuple[str, ...],
    asked: str,
    right: str,
    wrong: tuple[str, ...],
    tmp_path: Path,
) -> None:
    async with mentor(tmp_path) as talk:
        await talk.say(told)
        for text in changes:
            await talk.correct(kind, text)
        answers = [await talk.say(asked), await talk.say("Summarise what we have so far")]
        stored = await talk.document()

    assert right in answers[0]
    words = str((answers, stored.title, stored.summary))
    assert [each for each in wrong if each in words] == []


@pytest.mark.parametrize("what", ["fact", "message", "another message"])
async def test_a_correction_stays_and_goes_with_what_was_corrected(
    what: str, tmp_path: Path
) -> None:
    async with mentor(tmp_path) as talk:
        await talk.say("My goal is to run a marathon.", "It rained today.", "The soup is good.")
        await talk.correct("goal", "My goal is to learn the zither")
        if what == "fact":
            await talk.forget("goal")
        else:
            await talk.delete("marathon" if what == "message" else "rained")
        stored = await talk.document()

    told = str((stored.title, stored.summary))
    assert ("zither" in told) is (what == "another message")
    assert ("marathon" in told) is (what == "fact")
    assert stored.title
