"""What the offline engine does with requests that are about the talk itself, or about one thing."""

import re

import pytest
from msgspec import structs

from sessions.conversation import Conversation
from sessions.llm.offline.acts import read_act
from sessions.llm.offline.book import load_book
from sessions.llm.offline.care import read_care
from sessions.llm.offline.compose import compose
from sessions.llm.offline.doing import read_doing
from sessions.llm.offline.korean import heard
from sessions.llm.offline.planning import asks_for_one, matter_of
from sessions.memory.extract.promises import may_promise
from tests.sessions.llm.offline_talk import Talk, prompt_for

PERSONAS = ["lua", "elro", "riri", "nana"]
MENU = {"en": "“What I remember”", "ko": "“기억하고 있는 것”"}


def language_of(text: str) -> str:
    return "ko" if re.search(r"[가-힣]", text) else "en"


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    ("told", "asks", "secret"),
    [
        ("Mina lied to me about her ex", "forget what I said about Mina", "lied"),
        ("Mina lied to me about her ex", "Please forget everything I told you about Mina", "lied"),
        ("I drank two bottles", "delete that", "bottles"),
        ("I drank two bottles", "Can you delete my last message?", "bottles"),
        ("I drank two bottles", "please don't remember that", "bottles"),
        ("I drank two bottles", "how do I delete what I told you?", "bottles"),
        ("미나가 나한테 거짓말했어", "미나 얘기 잊어줘", "거짓말"),
        ("미나가 나한테 거짓말했어", "방금 한 말 지워줘", "거짓말"),
        ("미나가 나한테 거짓말했어", "그건 기억하지 말아 주세요", "거짓말"),
        ("미나가 나한테 거짓말했어", "메시지 삭제해 주세요", "거짓말"),
    ],
)
def test_who_wants_something_forgotten_is_shown_where_and_hears_none_of_it(
    told: str, asks: str, secret: str, persona: str
) -> None:
    talk = Talk(persona=persona)
    talk.say(told)
    answer = talk.say(asks)
    assert MENU[language_of(asks)] in answer
    assert secret not in answer
    assert "?" not in answer


@pytest.mark.parametrize("language", ["en", "ko"])
def test_where_memories_are_deleted_is_named_as_the_page_names_it(language: str) -> None:
    assert all(MENU[language] in line for line in load_book(language).common["forget_where"])


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("I can't forget what he said", "tell"),
        ("How do I forget what he did to me?", "how"),
        ("How do I forget everything about my ex?", "how"),
        ("how can I forget what we had?", "how"),
        ("그 사람을 기억하지 말아야 할까요", "should"),
        ("내일 시험인데 잘할 수 있을 거라고 말해 줘", "advice"),
        ("forget it", "change"),
        ("I don't remember that", "tell"),
        ("my boss said just one thing", "tell"),
        ("She told me one thing about him", "tell"),
        ("don't keep this from me", "tell"),
        ("hello", "greeting"),
        ("what did you promise me?", "recall_promise"),
        ("엄마가 사진을 지워줘서 화났어", "tell"),
        ("동생이 하나만 골라 달라고 했어", "tell"),
        ("뭘 약속해 준 거였죠?", "recall_promise"),
    ],
)
def test_what_only_sounds_like_such_a_request_is_none(text: str, act: str) -> None:
    assert read_act(text, language_of(text)).name == act


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    ("told", "asks"),
    [
        ("I'm so stressed about my thesis", "Just tell me one thing I can do tonight"),
        ("I'm so stressed about my thesis", "just give me one small step"),
        ("I can't sleep since Monday", "ok, just one little thing please"),
        ("I can't sleep since Monday", "what is one thing I can do?"),
        ("잠이 안 와", "오늘 밤에 뭐 하나만 하라고 해줘"),
        ("요즘 잠을 못 자요", "딱 한 가지만 알려 주세요"),
        ("시험이 너무 걱정돼", "하나만 정해줘"),
    ],
)
def test_who_asks_for_one_step_gets_one(told: str, asks: str, persona: str) -> None:
    assert read_act(asks, language_of(asks)).name == "advice"
    assert asks_for_one(asks)
    talk = Talk(persona=persona)
    talk.say(told)
    answer = talk.say(asks)
    steps = [
        each for matter in load_book(language_of(asks)).plans.values() for each in matter["steps"]
    ]
    assert sum(step in answer for step in steps) == 1
    assert "\n2)" not in answer
    assert "**" not in answer


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    ("told", "asks"),
    [
        ("My boss yelled at me", "hello? anyone there?"),
        ("My boss yelled at me", "are you still there?"),
        ("엄마랑 싸웠어", "여보세요? 아무도 없어요?"),
        ("엄마랑 싸웠어", "저기요? 거기 있어요?"),
    ],
)
def test_who_asks_whether_anyone_is_there_is_told_so(told: str, asks: str, persona: str) -> None:
    talk = Talk(persona=persona)
    talk.say(told)
    assert talk.say(asks).startswith(load_book(language_of(asks)).common["presence"])


def test_who_opens_with_that_is_greeted() -> None:
    assert read_doing(
        prompt_for("anyone there?", Conversation(session_id="s1")), "en"
    ).act.name == ("greeting")
    assert not Talk().say("anyone there?").startswith(load_book("en").common["presence"])


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    ("wish", "texts"),
    [
        ("don't ask me questions please", ["He never listens", "yes", "I left", "It hurts", "ok"]),
        ("no more questions", ["He never listens", "I cried all night", "I left"]),
        ("질문은 하지 말아줘", ["엄마는 내 말을 안 들어", "속상해", "네", "나왔어"]),
        ("아무것도 물어보지 마", ["엄마는 내 말을 안 들어", "울었어", "나왔어"]),
    ],
)
def test_who_wants_no_questions_is_asked_none(wish: str, texts: list[str], persona: str) -> None:
    talk = Talk(persona=persona)
    talk.say("엄마랑 싸웠어" if language_of(wish) == "ko" else "I had a fight with my dad")
    assert not [each for each in talk.say_all([wish, *texts]) if "?" in each]


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("How do I calm down before the exam?", "calm"),
        ("how can I relax before my interview", "calm"),
        ("How do I stop shaking before a presentation?", "calm"),
        ("시험 전에 어떻게 진정하지?", "calm"),
        ("발표 전에 긴장을 어떻게 풀죠?", "calm"),
        ("How do I study for the exam?", "exam"),
        ("My boss told me to calm down, how do I ask for a raise?", "raise"),
        ("시험 공부는 어떻게 시작하죠?", "exam"),
    ],
)
def test_calm_before_something_is_not_that_thing(text: str, matter: str) -> None:
    assert matter_of(text, language_of(text)) == matter
    step = load_book(language_of(text)).plans[matter]["steps"][0]
    assert step in Talk().say(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("내 동생 미나가 아파", "동생 미나가 아프군요"),
        ("제 친구가 요즘 바빠요", "친구가 요즘 바쁘군요"),
        ("우리 아이가 너무 힘들어요", "아이가 너무 힘들어하는군요"),
        ("우리 할머니가 아파요", "할머니가 아프시군요"),
        ("저는 회사 일로 너무 바빠요", "회사 일로 너무 바쁘시군요"),
        ("친구가 보고 싶어", "친구가 보고 싶으시군요"),
        ("친구가 싫어요", "친구가 싫으시군요"),
        ("동생이 게을러서 힘들어요", "동생이 게을러서 힘드시군요"),
        ("친구가 화난 것 같아요", "친구가 화난 것 같다고 느끼시는군요"),
        ("나 내일 면접 있어", "내일 면접 있군요"),
        ("저 내일 시험 있어요", "내일 시험 있군요"),
        ("저 사람이 싫어요", "저 사람이 싫으시군요"),
    ],
)
def test_korean_honours_whom_it_should(text: str, said: str) -> None:
    assert heard(text)[0] == said


@pytest.mark.parametrize(
    ("told", "asks", "found"),
    [
        ("I'll call my mom tomorrow", "what did I promise?", "I'll call my mom tomorrow"),
        ("I promised my dad to visit on Sunday", "What have I promised?", "visit on Sunday"),
        ("내일 엄마한테 전화할게", "내가 뭘 약속했지?", "내일 엄마한테 전화할게"),
        ("내일부터 운동하겠다고 약속했어", "내가 뭐 하기로 했지?", "운동하겠다고"),
    ],
)
def test_what_somebody_said_they_would_do_is_remembered(told: str, asks: str, found: str) -> None:
    talk = Talk()
    talk.say(told)
    talk.say("그냥 그래요" if language_of(asks) == "ko" else "The train was late")
    assert found in talk.say(asks)


@pytest.mark.parametrize("asks", ["what did I promise?", "내가 뭘 약속했지?"])
def test_a_promise_that_was_never_made_is_not_made_up(asks: str) -> None:
    assert Talk().say(asks).startswith(load_book(language_of(asks)).common["pledge_none"])


COMING = {"en": "“Coming up”", "ko": "“다가올 연락”"}
REMINDERS = [
    "Remind me to call the landlord tomorrow at 9",
    "Can you remind me on Wednesday about the exam?",
    "please remind me to call my sister on December 3",
    "내일 9시에 집주인한테 전화하라고 알려줘",
    "금요일에 택배 찾으라고 알려줄래?",
]
# health and money: nobody is written to first about them
PRIVATE = [
    "please remind me to pay the rent on December 3",
    "Remind me to take my medication tomorrow",
    "금요일에 월세 내라고 알려줄래?",
    "내일 병원 가라고 알려줘",
]


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("text", REMINDERS)
def test_who_asks_for_a_reminder_hears_what_comes_of_it_and_that_no_hour_is_kept(
    text: str, persona: str
) -> None:
    asked = structs.replace(
        prompt_for(text, Conversation(session_id="s"), persona=persona), promises="later"
    )
    answer = compose(asked)
    assert COMING[language_of(text)] in answer
    assert re.search(r"alarm|phone|알람", answer)
    assert not may_promise(answer)


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("text", PRIVATE)
def test_of_what_is_private_no_reminder_is_said_to_come(text: str, persona: str) -> None:
    asked = structs.replace(
        prompt_for(text, Conversation(session_id="s"), persona=persona), promises="later"
    )
    answer = compose(asked)
    assert COMING[language_of(text)] not in answer
    assert re.search(r"alarm|알람", answer)
    assert not may_promise(answer)


@pytest.mark.parametrize("text", [*REMINDERS, *PRIVATE])
def test_where_nothing_is_kept_no_reminder_is_said_to_be(text: str) -> None:
    answer = Talk().say(text)
    assert COMING[language_of(text)] not in answer
    assert re.search(r"phone|휴대폰|알람", answer)


@pytest.mark.parametrize(
    "text",
    [
        "remind me what I said on Friday",
        "remind me again who Mina is, we met on Friday",
        "Remind me of my goal",
        "내일 날씨 알려줘",
        "remind me",
    ],
)
def test_what_only_sounds_like_a_reminder_is_none(text: str) -> None:
    assert read_act(text, language_of(text)).name != "remind"


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("연애가 힘들어요", "힘들어하는군요"),
        ("친구 관계가 힘들어요", "힘들어하는군요"),
        ("아이 키우기가 힘들어요", "힘들어하는군요"),
        ("진정한 친구를 사귀려면 어떻게 해야 해요?", "들이쉬"),
        ("How do I settle down in a new city?", "Breathe out"),
        ("my roommate gets on my nerves, how do I tell him?", "Breathe out"),
        ("how do I take my career a step further?", "Just one thing"),
    ],
)
def test_words_that_only_look_alike_are_taken_for_what_they_are(text: str, never: str) -> None:
    for persona in PERSONAS:
        assert never not in Talk(persona=persona).say(text)


@pytest.mark.parametrize(
    ("joy", "after"),
    [("I got the job!", "Still can't believe it!"), ("합격했어요!", "근데 오늘 저녁 뭐 먹지")],
)
def test_what_only_goes_on_after_a_joy_is_not_set_against_it(joy: str, after: str) -> None:
    earlier = [joy]
    assert read_care(after, earlier, "tell", language_of(after)).kind != "mixed"


def test_for_today_no_reminder_is_said_to_come() -> None:
    text = "Remind me tonight to call mum"
    asked = structs.replace(prompt_for(text, Conversation(session_id="s")), promises="day")
    answer = compose(asked)
    assert COMING["en"] not in answer
    assert re.search(r"phone|alarm", answer)
