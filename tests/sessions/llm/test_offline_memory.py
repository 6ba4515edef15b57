"""The offline engine with what is remembered from earlier conversations."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from sessions.conversation import Conversation, Remembered
from sessions.llm.offline.book import load_book
from sessions.llm.offline.compose import compose
from sessions.llm.provider import Promises
from sessions.memory.extract import from_answer
from tests.sessions.llm.offline_talk import prompt_for

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)


def remembered(kind: str, text: str, *, due: datetime | None = None) -> Remembered:
    return Remembered(id="f_1", kind=kind, text=text, at=AT, own=kind != "promise", due=due)


def answer(text: str, memories: Sequence[Remembered], *, promises: Promises = "none") -> str:
    prompt = prompt_for(text, Conversation(session_id="s"))
    return compose(replace(prompt, remembered=tuple(memories), promises=promises))


@pytest.mark.parametrize(
    ("question", "memory", "told"),
    [
        ("What was my name?", remembered("name", "My name is Jo"), "Jo"),
        ("What was my goal?", remembered("goal", "I want to run a half marathon"), "half marathon"),
        (
            "When is my interview?",
            remembered("deadline", "I have a job interview on Friday (2026-05-08)", due=AT),
            "May 4",
        ),
    ],
)
def test_what_is_remembered_is_read_back(question: str, memory: Remembered, told: str) -> None:
    assert told in answer(question, [memory])
    assert told not in answer(question, [])


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        ("When is my exam?", "My exam is on 18 December (2026-12-18)", "exam on December 18"),
        ("When is my interview?", "I have a job interview on December 18", "job interview on Dec"),
        ("면접이 언제였죠?", "면접은 12월 18일이에요 (2026-12-18)", "12월 18일 면접"),
    ],
)
def test_a_day_of_the_calendar_is_read_back(question: str, text: str, told: str) -> None:
    due = datetime(2026, 12, 18, 12, tzinfo=UTC)
    assert told in answer(question, [remembered("deadline", text, due=due)])


@pytest.mark.parametrize(
    ("question", "nothing"),
    [
        ("What did I tell you about my sister?", "about_none"),
        ("What's my name?", "name_none"),
        ("What do you know about me?", "me_none"),
        ("여동생에 대해 제가 뭐라고 했죠?", "about_none"),
    ],
)
def test_what_could_not_be_looked_up_is_not_said_to_have_never_been_told(
    question: str, nothing: str
) -> None:
    book = load_book("en" if question.isascii() else "ko")
    prompt = replace(prompt_for(question, Conversation(session_id="s")), whole=False)
    said = compose(prompt)
    assert said in book.common["unread"]
    assert compose(replace(prompt, whole=True)) not in book.common["unread"]
    assert not any(line.split("{")[0] in said for line in book.common[nothing] if line[0] != "{")


@pytest.mark.parametrize(
    ("question", "keeper"),
    [("What did I tell you about my sister?", "Riri"), ("여동생에 대해 제가 뭐라고 했죠?", "리리")],
)
def test_who_asks_for_what_stays_with_another_mentor_is_told_where_it_is(
    question: str, keeper: str
) -> None:
    prompt = replace(prompt_for(question, Conversation(session_id="s")), kept_by="riri")
    assert keeper in compose(prompt)


def test_the_question_is_not_quoted_as_what_was_said() -> None:
    memory = remembered("person", "My sister")
    assert "“sister”" not in answer("What did I say about my sister?", [memory])


def test_a_promise_that_is_due_is_kept_with_the_first_word() -> None:
    promise = remembered("promise", "I'll ask you on Friday how it went with your job interview")
    assert "your job interview" not in answer("Hi!", [promise])
    promise = replace(promise, ripe=True)
    assert "your job interview" in answer("Hi!", [promise])
    assert "your job interview" in answer("I bought a new plant today.", [promise])
    assert "your job interview" not in answer("I feel so alone since my mother died.", [promise])


@pytest.mark.parametrize(
    ("text", "promises", "told"),
    [
        ("I have a job interview on sunday.", "day", "ask you on Sunday how it went with your job"),
        (
            "I have a job interview tomorrow.",
            "later",
            "talk tomorrow or later, I'll ask how it went with your job interview",
        ),
        (
            "My interview is on sunday",
            "later",
            "talk on Sunday or later, I'll ask how it went with your interview",
        ),
        ("금요일에 면접이 있어요.", "day", "금요일에 면접 어떻게 됐는지 여쭤볼게요"),
        (
            "모레 면접이 있어요.",
            "later",
            "모레나 그 뒤에 이야기할 때 면접 어떻게 됐는지 여쭤볼게요",
        ),
    ],
)
def test_of_a_day_that_is_told_only_what_can_be_kept_is_promised(
    text: str, promises: Promises, told: str
) -> None:
    said = answer(text, [], promises=promises)
    hello, event = ("Hi!", "interview") if said.isascii() else ("안녕하세요", "면접")
    today = date(2026, 5, 4)
    (vow,) = from_answer(said, today=today)
    kept = replace(remembered("promise", vow.text), ripe=True)
    assert told in said
    assert (vow.due or today) > today
    assert event in answer(hello, [kept])
    assert from_answer(answer(text, []), today=today) == ()


def test_what_is_due_on_a_day_is_no_event_to_ask_about() -> None:
    assert "I'll ask" not in answer("My report is due on Friday.", [], promises="day")


WORK = remembered("role", "I work as a nurse")
EXAM = remembered("deadline", "My exam is on 18 December (2026-12-18)", due=AT)
VOW = remembered("promise", "I'll ask you on Friday how it went")
KIN = remembered("person", "My sister Marlowe is a vet")
KIN_KO = remembered("person", "제 여동생 이름은 지우예요")


@pytest.mark.parametrize(
    ("question", "memory", "told"),
    [
        ("What's my job?", WORK, "I work as a nurse"),
        ("What do I do for a living?", WORK, "I work as a nurse"),
        ("Where do I work?", WORK, "I work as a nurse"),
        ("Do you remember my name and where I work?", WORK, "I work as a nurse"),
        ("제 직업이 뭐죠?", remembered("role", "저는 교사예요"), "저는 교사예요"),
        ("제가 어디서 일하죠?", remembered("role", "저는 교사예요"), "저는 교사예요"),
        ("When's my exam?", EXAM, "exam on May 4"),
        ("When is my exam again?", EXAM, "exam on May 4"),
        ("Do you remember when my exam is?", EXAM, "exam on May 4"),
        ("Do I have anything coming up?", EXAM, "exam on May 4"),
        ("다가오는 일정이 있나요?", EXAM, "May 4"),
        ("What did you promise me?", VOW, "I'll ask you on Friday"),
        ("저한테 뭘 약속했어요?", VOW, "I'll ask you on Friday"),
        ("Who is Marlowe?", KIN, "My sister Marlowe is a vet"),
        ("지우가 누구예요?", KIN_KO, "제 여동생 이름은 지우예요"),
        (
            "When is my tax return due?",
            remembered("deadline", "My tax return has to be in by May 4", due=AT),
            "tax return",
        ),
    ],
)
def test_questions_are_answered_from_what_is_known(
    question: str, memory: Remembered, told: str
) -> None:
    assert told in answer(question, [memory])
    assert told not in answer(question, [])


def test_somebody_nobody_told_of_is_not_looked_up_in_memory() -> None:
    assert "Marlowe is a vet" not in answer("Who is Einstein?", [KIN])


@pytest.mark.parametrize(
    ("told", "question", "is_she"),
    [
        ("제 여동생 이름은 지우예요", "여동생 이름이 뭐예요?", True),
        ("제 여동생 이름은 지우예요", "동생 이름이 뭐예요?", True),
        ("제 여동생 이름은 지우예요", "언니 이름이 뭐예요?", False),
        ("제 여동생 이름은 지우예요", "누나 이름이 뭐예요?", False),
        ("우리 언니는 지우예요", "언니 이름이 뭐예요?", True),
        ("우리 언니는 지우예요", "동생 이름이 뭐예요?", False),
        ("제 형 이름은 지우예요", "오빠 이름이 뭐예요?", False),
        ("My sister's name is 지우", "언니 이름이 뭐예요?", False),
    ],
)
def test_korean_siblings_are_told_apart(told: str, question: str, is_she: bool) -> None:
    assert ("지우" in answer(question, [remembered("person", told)])) is is_she


@pytest.mark.parametrize(
    ("question", "memory"),
    [
        ("What did I say about my sister?", "My sister has a wedding on Saturday"),
        ("여동생에 대해 내가 뭐라고 했지?", "여동생이 토요일에 결혼식을 해요"),
    ],
)
def test_a_quotation_has_no_date_that_the_user_did_not_write(question: str, memory: str) -> None:
    said = answer(question, [remembered("deadline", f"{memory} (2026-12-05)", due=AT)])
    assert f"“{memory}”" in said


def test_of_two_exams_the_one_that_is_named_is_told() -> None:
    memories = [
        remembered("deadline", "My maths exam is on Friday (2026-05-08)", due=AT),
        remembered(
            "deadline", "My physics exam is on Monday (2026-05-11)", due=AT + timedelta(days=7)
        ),
    ]
    assert "May 4" in answer("when is my maths exam?", memories)
    assert "May 11" in answer("when is my physics exam?", memories)
