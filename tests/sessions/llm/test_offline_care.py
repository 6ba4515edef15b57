"""How the offline engine is with somebody in pain, in joy, or in need of an ear."""

import re

import pytest

from sessions.llm.offline.acts import read_acts
from sessions.llm.offline.book import load_book
from sessions.llm.offline.care import kind_of, read_care, risky
from tests.sessions.llm.offline_talk import Talk

PERSONAS = ["lua", "elro", "riri", "nana"]
HEAVY = [
    "My mom died two weeks ago",
    "We are being evicted next month",
    "The doctor says it's cancer",
    "We had a miscarriage in May",
    "My boss humiliated me in front of everyone",
    "I'm so lonely",
    "It's been an awful week",
    "I cried all evening",
    "아버지가 암 진단을 받으셨어요",
    "어제 할머니가 돌아가셨어요",
    "집에서 쫓겨나게 생겼어요",
    "오늘 너무 우울해요",
    "너무 외로워요",
]


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("text", HEAVY)
def test_heavy_news_gets_no_template_and_no_advice(text: str, persona: str) -> None:
    answer = Talk(persona=persona).say(text)
    assert "**" not in answer
    assert "|" not in answer
    assert "“" not in answer.replace("“fine”", "")


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    ("wish", "texts", "asks"),
    [
        (
            "I don't want advice, please just listen",
            ["My boss never thanks me", "I work late every day", "yes", "It hurts"],
            "ok, what should I do?",
        ),
        (
            "조언은 필요 없어요, 그냥 들어주기만 해 주세요",
            ["팀장님이 제 말을 안 들어요", "매일 야근해요", "네", "속상해요"],
            "이제 어떻게 하면 좋을까요?",
        ),
    ],
)
def test_who_wants_to_be_heard_is_heard_until_they_ask(
    wish: str, texts: list[str], asks: str, persona: str
) -> None:
    talk = Talk(persona=persona)
    answer = talk.say(wish)
    assert "?" not in answer
    assert "“" not in answer
    for heard in talk.say_all(texts):
        assert "\n" not in heard
        assert heard.count("?") <= 1
    language = "ko" if "조언" in wish else "en"
    earlier = [turn.user_text for turn in talk.conversation.recent]
    assert read_care("He laughed", earlier, "tell", language).manner == "listen"
    assert read_care(asks, earlier, "advice", language).manner != "listen"
    assert read_care("He laughed", [*earlier, asks], "tell", language).manner != "listen"


@pytest.mark.parametrize(
    ("texts", "kinds"),
    [
        (
            ["my sister is here now", "I gave the pills to her", "I feel calmer"],
            ["after_company", "after_away", "after_calm"],
        ),
        (
            ["친구가 옆에 있어요", "약은 엄마한테 맡겼어요", "조금 진정됐어요"],
            ["after_company", "after_away", "after_calm"],
        ),
    ],
)
@pytest.mark.parametrize("persona", PERSONAS)
def test_after_a_crisis_what_was_done_is_taken_up(
    texts: list[str], kinds: list[str], persona: str
) -> None:
    language = "ko" if "친구" in texts[0] else "en"
    crisis = "오늘 죽고 싶어요" if language == "ko" else "I want to kill myself tonight"
    talk = Talk(persona=persona)
    talk.say(crisis)
    for text, kind in zip(texts, kinds, strict=True):
        earlier = [turn.user_text for turn in talk.conversation.recent]
        assert read_care(text, earlier, "tell", language).kind == kind
        answer = talk.say(text)
        assert "**" not in answer
        lines = talk_lines(language, kind)
        assert any(answer.startswith(line) for line in lines)


def talk_lines(language: str, kind: str) -> tuple[str, ...]:
    return load_book(language).care[kind]["hear"]


def test_a_crisis_message_is_not_read_back() -> None:
    talk = Talk()
    talk.say("I want to kill myself tonight")
    assert "kill" not in talk.say("what did I just say?")
    assert "kill" not in talk.say("what did I say about myself?")


def test_a_crisis_is_remembered_for_three_messages() -> None:
    crisis, other = "I want to kill myself tonight", "The train was late"
    assert risky([crisis, other, other]) == [-3]
    assert risky([crisis, other, other, other]) == []


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("text", ["I got the job!!", "저 합격했어요!"])
def test_good_news_is_met_with_joy(text: str, persona: str) -> None:
    answer = Talk(persona=persona).say(text)
    assert answer.startswith(talk_lines("ko" if "저" in text else "en", "joy"))


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("I got the job but my dad died", "en", "loss"),
        ("I passed, and I was so scared!", "en", "joy"),
        ("My phone died", "en", ""),
        ("I didn't get the job", "en", ""),
        ("불합격했어요", "ko", ""),
        ("엄마한테는 괜찮다고 했어요", "ko", "masked"),
    ],
)
def test_the_kind_of_news_is_told_apart(text: str, language: str, kind: str) -> None:
    assert kind_of(text, language) == kind


def test_somebody_in_grave_trouble_who_asks_gets_one_gentle_thing() -> None:
    talk = Talk(persona="nana")
    talk.say("We are getting evicted")
    answer = talk.say("what should I do?")
    assert "**" not in answer
    assert answer.startswith(
        ("First get the notice", "Tell two people", "Don't sign"),
    )


def test_small_talk_stays_small() -> None:
    assert read_care("The weather is nice today", [], "tell", "en").manner == "small"


@pytest.mark.parametrize(
    ("text", "language", "acts"),
    [
        (
            "What is my name and what did I tell you about sleep?",
            "en",
            ["recall_name", "recall_about"],
        ),
        ("what's my name and my goal?", "en", ["recall_name", "recall_goal"]),
        ("제 이름이 뭐고 잠에 대해 뭐라고 했죠?", "ko", ["recall_name", "recall_about"]),
        ("제 이름이랑 목표가 뭐였죠?", "ko", ["recall_name", "recall_goal"]),
    ],
)
def test_a_question_with_two_halves_has_two_acts(text: str, language: str, acts: list[str]) -> None:
    assert [act.name for act in read_acts(text, language)] == acts


def test_both_halves_of_a_question_are_answered() -> None:
    talk = Talk()
    talk.say_all(["Hi, I'm Dana.", "I sleep four hours a night"])
    answer = talk.say("What is my name and what did I tell you about sleep?")
    assert "Dana" in answer
    assert "four hours" in answer


@pytest.mark.parametrize(
    "text",
    [
        *("no one loves me", "Nobody really likes me", "no one at work understands"),
        *("nobody in my family ever calls me", "no one needs me anyway"),
        *("아무도 나를 사랑하지 않아", "아무도 날 이해 못 해", "아무도 안 도와줘"),
    ],
)
def test_who_is_loved_by_nobody_is_not_told_so(text: str) -> None:
    said = Talk().say(text)
    assert not re.search(r"no ?one|nobody|아무도", said, re.IGNORECASE)
    assert any(
        each in said for each in load_book("en" if text.isascii() else "ko").care["alone"]["hear"]
    )


@pytest.mark.parametrize(
    "text",
    [
        *("no one told me about the meeting", "no one understands the app"),
        *("nobody wants me to fail", "Nobody needs me to work on Sunday"),
    ],
)
def test_what_nobody_did_at_work_is_no_loneliness(text: str) -> None:
    assert kind_of(text, "en") != "alone"


@pytest.mark.parametrize(
    "text",
    [
        *("it's all my fault", "I think it was my fault", "everything I do is wrong"),
        *("i'm such a failure", "I hate myself for that"),
        *(
            "I'm ugly",
            "I feel like a monster",
            "저는 쓰레기예요",
            "나 진짜 바보 같아",
            "나 못생겼어",
        ),
        *(
            "나 너무 멍청한 것 같아",
            "다 내 잘못 같아",
            "내 탓이야",
            "나는 왜 이렇게 못났을까",
            "제 자신이 한심해요",
        ),
    ],
)
def test_who_blames_themselves_is_not_told_that_it_is_so(text: str) -> None:
    said = Talk().say(text)
    assert any(
        each in said for each in load_book("en" if text.isascii() else "ko").care["blame"]["hear"]
    )
    assert not re.search(r"your fault|you do is wrong|내 잘못|내 탓|제 자신", said)


@pytest.mark.parametrize(
    "text",
    [
        *("my fault, I meant Friday", "It's not my fault that he left", "I don't blame myself"),
        *("The hotel was not good enough", "I stopped hating myself"),
        *("자책골", "다 내 탓은 아니지", "나 짐 같이 들어줄 사람 필요해", "내 잘못이 아니야"),
        "전 무능한 상사 때문에 힘들어요",
    ],
)
def test_what_only_sounds_like_guilt_is_none(text: str) -> None:
    assert kind_of(text, "en" if text.isascii() else "ko") != "blame"
