"""The offline engine answers a question for something that was told with what was told."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from sessions.conversation import Conversation, Remembered
from sessions.llm.offline.compose import compose
from sessions.llm.offline.inquiry import read_inquiry
from tests.sessions.llm.offline_talk import Talk, prompt_for

TOLD = [
    "I have to pay my landlord 900 euros on Friday",
    "I'm scared that I can't",
    "My interview is on Tuesday at 10 am at the town hall",
    "My son Leo is 7 and he starts school in September",
    "We've lived in Ghent for three years",
    "My rent is 850 euros a month",
]
TOLD_KO = [
    "금요일까지 집주인한테 90만원을 내야 해요",
    "면접은 화요일 오후 3시예요",
    "아들은 7살이고 9월에 입학해요",
    "부산에서 3년째 살고 있어요",
]
ASKED = [
    ("when do I pay my landlord?", "on Friday"),
    ("how much do I owe my landlord?", "900 euros"),
    ("On which day is my interview?", "on Tuesday"),
    ("where is my interview?", "at the town hall"),
    ("remind me, how old is my son", "7"),
    ("when does Leo start school?", "September"),
    ("how long have we lived in Ghent?", "for three years"),
    ("what's my rent?", "850 euros"),
    ("how much do I earn?", ""),
    ("집주인한테 언제 돈을 내야 하죠?", "금요일"),
    ("집주인한테 얼마를 내야 하죠?", "90만원"),
    ("면접이 무슨 요일이죠?", "화요일"),
    ("아들이 몇 살이죠?", "7살"),
    ("제가 어디에 살죠?", "부산"),
    ("여자친구는 언제 만나기로 했죠?", ""),
]


@pytest.mark.parametrize("persona", ["lua", "elro"])
def test_what_was_told_is_told_back_and_what_was_not_is_not_made_up(persona: str) -> None:
    talk = Talk(persona=persona)
    talk.say_all([*TOLD, *TOLD_KO])
    for question, told in ASKED:
        answer = talk.say(question)
        assert told.casefold() in answer.casefold()
        assert ("“" in answer) is bool(told), answer
    assert talk.repeated() == set()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("When I see my sister I have a knot in my stomach", "en"),
        ("where do I even start?", "en"),
        ("how much should I save?", "en"),
        ("when will this ever get better?", "en"),
        ("언제부턴가 잠이 안 와요", "ko"),
        ("언제쯤 괜찮아질까요?", "ko"),
    ],
)
def test_not_every_when_asks_for_what_was_told(text: str, language: str) -> None:
    talk = Talk()
    talk.say_all(["I have to save 900 euros by Friday", "금요일에 언니를 만나기로 했어요"])
    asked = read_inquiry(text, language)
    assert asked is None or not asked.own
    assert "“" not in talk.say(text)


def test_a_day_of_an_earlier_conversation_is_told_as_a_date() -> None:
    at, due = datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 4, 12, tzinfo=UTC)
    fact = Remembered(
        id="f_1", kind="deadline", text="I have to pay my landlord on Friday", at=at, due=due
    )
    said = Remembered(id="t_1", kind="said", text="I see my dentist on Tuesday", at=at)
    for question, told in {
        "when do I pay my landlord?": "December 4",
        "when do I see my dentist?": "on Tuesday (told on November 30)",
    }.items():
        prompt = prompt_for(question, Conversation(session_id="s"))
        answer = compose(replace(prompt, remembered=(fact, said)))
        assert told.casefold() in answer.casefold()


def test_a_crisis_is_not_read_back_as_an_answer() -> None:
    talk = Talk()
    talk.say("I want to kill myself on Friday after I see my doctor")
    assert "kill" not in talk.say("when do I see my doctor?")
