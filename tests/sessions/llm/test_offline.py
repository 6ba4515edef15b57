"""Conversations with the offline engine: it listens, remembers, moves on and never repeats."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.conversation import Conversation, PastTurn
from sessions.llm.offline import OfflineProvider
from sessions.llm.offline.book import load_book
from sessions.llm.offline.compose import compose
from sessions.llm.offline.writer import Writer, units
from sessions.llm.provider import Chunk
from tests.sessions.llm.offline_talk import Talk, prompt_for

PERSONAS = ["lua", "elro", "riri", "nana", "somebody_new"]
SCRIPTS = {
    "career": [
        "Hi, I'm Dana. I've been a support agent for four years and I feel stuck.",
        "My boss ignores me in meetings and gives the good projects to others.",
        "I want to become a product manager, but I have no experience.",
        "I tried talking to him last month and he just laughed.",
        "What should I do?",
        "I'm scared of looking stupid.",
        "ok",
        "what was my goal again?",
        "I'll try messaging someone in that field",
        "I did it! She said she has time on Thursday.",
        "what did I say about my boss?",
        "Thanks, that helps",
    ],
    "breakup": [
        "My girlfriend left me yesterday after three years",
        "I can't stop crying",
        "We had plans to move to Lisbon",
        "yes",
        "I miss her so much. Everything in the flat reminds me of her.",
        "should I text her?",
        "I haven't told anyone",
        "no",
        "I talked to my best friend and it helped a bit",
        "thank you",
    ],
    "exam": [
        "I have a big exam on Friday and I can't focus at all.",
        "It's organic chemistry. I've failed it once already.",
        "My parents expect me to become a doctor",
        "I keep scrolling on my phone instead of studying",
        "what should I do",
        "idk",
        "that won't work, I live in a dorm",
        "ok i'll try the blank page thing",
        "It went badly. I froze again.",
        "my goal is now just to pass",
        "when is my exam?",
    ],
    "bug": [
        "My tests fail randomly on CI but pass locally",
        "It says TimeoutError in test_checkout",
        "```python\ndef f():\n    return 1\n```\nwhy does this hang?",
        "only sometimes, maybe 1 in 5",
        "We added a cache last week",
        "how do I find out which test leaks state?",
        "done, I ran it 20 times and 3 failed",
        "what did you suggest?",
        "sounds good",
        "more",
    ],
    "team": [
        "The launch is on Thursday and design isn't done. Marketing thinks everything is fine.",
        "Jisoo from marketing doesn't answer my messages",
        "I'm afraid of telling my manager",
        "how do I tell him?",
        "He is always stressed",
        "I told him and he said no",
        "What now?",
        "what are the dates again?",
        "summarise what we have so far",
        "bye",
    ],
    "budget": [
        "I make 3,200 a month, rent is 1,100, food 450 and I owe 6,000 on a credit card at 22%",
        "I want to save for a car",
        "maybe 200 a month",
        "is it better to pay off the card first?",
        "I spend too much on eating out",
        "ok",
        "I cooked all week and saved $80!",
        "what else?",
        "hmm",
        "thanks",
    ],
    "small talk": [
        "hi",
        "how are you?",
        "are you an AI?",
        "what model are you?",
        "what can you do?",
        "who are you?",
        "what's the capital of France?",
        "write me a poem about spring",
        "will you remember this?",
        "is this private?",
        "lol",
        "😂😂",
        "...",
        "https://example.org/x",
        "Hola, ¿cómo estás? Estoy muy triste hoy porque perdí mi trabajo",
        "what's my name?",
        "fuck you, you're useless",
        "that's not helpful",
        "sorry",
        "bye",
    ],
    "lonely": [
        "I moved to a new city for work and I don't know anyone here",
        "Evenings are the worst. I eat alone and watch TV.",
        "I'm shy, so I never start conversations",
        "I want to make two real friends this year",
        "what could I do?",
        "that's too scary",
        "maybe the climbing gym",
        "what was my goal?",
        "I went! I talked to someone called Priya",
        "haha",
    ],
    "이직": [
        "안녕하세요, 저는 민지라고 해요. 요즘 회사에서 너무 지쳤어요",
        "팀장님이 제 말을 안 들어요. 회의 때마다 무시당하는 느낌이에요",
        "이직하고 싶은데 자신이 없어요",
        "이미 팀장님한테 말해 봤는데 소용없었어요",
        "어떻게 해야 할까요?",
        "그건 좀 어려울 것 같아요",
        "ㅇㅇ",
        "제 목표가 뭐였죠?",
        "이력서를 써 볼게요",
        "다음 주 목요일에 면접이 잡혔어요!",
        "제가 팀장님에 대해 뭐라고 했죠?",
        "지금까지 정리해 줘",
        "모르겠어요",
        "고마워요",
    ],
    "이별": [
        "3년 사귄 여자친구랑 어제 헤어졌어",
        "눈물이 멈추질 않아. 내가 뭘 잘못했는지 모르겠어",
        "같이 부산으로 이사 가기로 했었는데",
        "응",
        "너무 보고 싶어. 집에 있는 모든 게 걔 생각나게 해",
        "연락할까?",
        "아직 아무한테도 말 안 했어",
        "ㅠㅠ",
        "친구한테 말했더니 조금 나아졌어",
        "고마워",
    ],
    "시험": [
        "금요일에 시험이 있는데 집중이 하나도 안 돼요",
        "유기화학이고 벌써 한 번 떨어졌어요",
        "부모님은 제가 의사가 되길 바라세요",
        "공부 안 하고 자꾸 유튜브만 봐요",
        "어떡하죠?",
        "글쎄요",
        "그건 안 될 것 같아요 기숙사라서요",
        "빈 종이 방법 해볼게요",
        "망했어요. 또 머리가 하얘졌어요",
        "이제 목표는 그냥 통과하는 거예요",
        "시험이 언제죠?",
    ],
    "예산": [
        "월급 320만 원인데 월세 110만 원, 식비 45만 원 나가고 카드값이 600만 원 있어요",
        "차를 사려고 돈을 모으고 싶어요",
        "한 달에 20만 원쯤이요",
        "카드값부터 갚는 게 나을까요?",
        "외식을 너무 많이 해요",
        "일주일 동안 집밥 먹고 8만 원 아꼈어요!",
        "또 뭐?",
        "음",
        "네",
        "감사합니다",
    ],
}


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_no_sentence_is_said_twice_and_at_most_one_question_is_asked(
    script: str, persona: str
) -> None:
    talk = Talk(persona=persona)
    for answer in talk.say_all(SCRIPTS[script]):
        assert answer == answer.strip() != ""
        assert "{" not in answer
        assert re.sub(r"“[^”]*”", "", answer).count("?") <= 1
    assert talk.repeated() == set()


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    "text", ["ok", "hi", "ㅇㅇ", "I feel stuck in my job", "what was my goal?"]
)
def test_the_same_message_fifty_times_gets_fifty_answers(text: str, persona: str) -> None:
    talk = Talk(persona=persona)
    talk.say_all([text] * 50)
    assert talk.repeated() == set()


def test_the_same_conversation_gets_the_same_answers() -> None:
    assert Talk().say_all(SCRIPTS["career"]) == Talk().say_all(SCRIPTS["career"])


def test_another_session_hears_other_words() -> None:
    openings = {Talk(session_id=f"s{each}").say("I feel stuck in my job") for each in range(8)}
    assert len(openings) > 4


def test_it_says_back_what_it_was_told_in_its_own_words() -> None:
    assert (
        "your boss ignores you in meetings" in Talk().say("My boss ignores me in meetings.").lower()
    )
    assert "팀장님이 말을 안 듣는군요" in Talk().say("팀장님이 제 말을 안 들어요")


def test_it_greets_by_name() -> None:
    assert "Dana" in Talk().say("Hi, I'm Dana. I feel stuck.")
    assert "민지님" in Talk().say("저는 민지라고 해요. 요즘 너무 지쳤어요")


def test_it_answers_in_the_language_of_the_message() -> None:
    talk = Talk()
    assert re.search(r"[가-힣]", talk.say("요즘 잠을 못 자요"))
    assert not re.search(r"[가-힣]", talk.say("I can't sleep these days"))


def test_the_personas_keep_their_shapes() -> None:
    texts = ["My team fights every day.", "My boss blames me.", "What should I do?"]
    lua, elro, riri, nana = (Talk(persona=each).say_all(texts)[-1] for each in PERSONAS[:4])
    assert "**" not in lua
    assert re.findall(r"^(\d)\) \*\*(\w+)", elro, re.MULTILINE) == [
        ("1", "Problem"),
        ("2", "Solution"),
        ("3", "Steps"),
        ("4", "Caution"),
    ]
    assert re.findall(r"^\*\*(\w+):", riri, re.MULTILINE) == [
        "Data",
        "Pattern",
        "Insight",
        "Recommendation",
    ]
    assert re.findall(r"^\*\*([\w ]+):", nana, re.MULTILINE) == [
        "Situation",
        "Who is in it",
        "What you could say",
        "Next",
        "When",
    ]


def test_figures_become_a_table_for_the_analyst_alone() -> None:
    text = SCRIPTS["budget"][0]
    table = "| rent | 1,100 |\n| food | 450 |\n| owe | 6,000 |\n| credit card | 22% |"
    assert table in Talk(persona="riri").say(text)
    assert "|" not in Talk(persona="nana").say(text)


def test_a_korean_table_names_what_each_figure_is() -> None:
    table = Talk(persona="riri").say(SCRIPTS["예산"][0])
    assert "| 월세 | 110만 원 |\n| 식비 | 45만 원 |" in table


def test_it_does_not_advise_before_it_has_listened_but_does_when_asked() -> None:
    assert "**Solution:**" not in Talk(persona="elro").say("I'm stuck in my job")
    assert "**Solution:**" in Talk(persona="elro").say("I'm stuck in my job. What should I do?")


def test_loss_is_met_gently_and_the_dead_are_not_asked_for_their_view() -> None:
    talk = Talk(persona="nana")
    answers = talk.say_all(["My dad died in March.", "I can't sleep", "what should I do?"] * 3)
    assert not any("does your dad" in answer or "your dad say" in answer for answer in answers)


def test_nobody_brings_labels_to_a_loss() -> None:
    for persona in PERSONAS:
        assert "**" not in Talk(persona=persona).say("My dad died in March and I miss him")


def test_how_it_went_is_asked_only_of_someone_who_did_something() -> None:
    checks = {line for table in load_book("en").topics.values() for line in table["check"]}
    talk = Talk()
    quiet = " ".join(talk.say_all(["I hate my job", "My boss yells at me"] * 6))
    assert not any(line in quiet for line in checks)
    told = talk.say("I talked to him and it went well")
    assert any(line in told for line in checks)


def test_what_was_done_to_someone_is_never_said_back() -> None:
    answers = [
        Talk(persona=persona).say("I was raped last year and nobody knows") for persona in PERSONAS
    ]
    assert not any("raped" in answer or "**" in answer for answer in answers)


def test_it_says_what_it_is() -> None:
    for text, words in {
        "are you an AI?": ("AI", "software", "program"),
        "what model are you?": ("language model",),
        "what's the capital of France?": ("language model", "offline engine"),
        "write me an essay": ("language model", "offline engine"),
        "who are you?": ("Lua",),
    }.items():
        assert any(word in Talk().say(text) for word in words)
    assert "언어 모델" in Talk().say("무슨 모델이야?")


def test_a_general_question_is_declined_in_place_of_being_guessed() -> None:
    answer = Talk().say("Is there life on other planets?")
    assert "language model" in answer or "offline" in answer


def test_other_languages_are_told_which_ones_it_speaks() -> None:
    answer = Talk().say("Estoy muy triste hoy porque perdí mi trabajo y no sé qué hacer")
    assert "English" in answer
    assert "Korean" in answer


@pytest.mark.parametrize("text", ["fuck you, you stupid bot", "꺼져 멍청아"])
def test_insults_are_not_parroted(text: str) -> None:
    answer = Talk().say(text)
    assert not set(answer.lower().split()) & {"fuck", "stupid", "꺼져", "멍청아"}


def test_a_very_long_message_is_neither_refused_nor_returned() -> None:
    text = "My boss ignores me and I feel lost. " + "We talked about the plan again. " * 260
    answer = Talk().say(text[:8_000])
    assert len(answer) < 1_000


def test_an_accepted_step_is_not_answered_with_another_one() -> None:
    talk = Talk(persona="elro")
    talk.say_all(["I hate my job", "My boss yells at me", "what should I do?"])
    answer = talk.say("I'll talk to her on Monday")
    assert "you'll talk to her on Monday".lower() in answer.lower()
    assert "1)" not in answer


def test_it_stays_away_from_sentences_of_other_engines() -> None:
    earlier = PastTurn(
        turn_id="t1",
        user_text="hi",
        answer="You're welcome.\nGladly!",
        persona="lua",
        at=datetime(2026, 1, 5, tzinfo=UTC),
    )
    talk = Conversation(session_id="s", recent=(earlier,), count=1)
    said = units(compose(prompt_for("thanks", talk)))
    assert not said & {"you re welcome", "gladly"}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=200),
            st.text(alphabet="나는 내가 너무 힘들어요 ㅠㅋ.?!", max_size=60),
            st.sampled_from([text for script in SCRIPTS.values() for text in script]),
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(PERSONAS),
)
def test_any_texts_get_answers_without_a_repetition(texts: list[str], persona: str) -> None:
    talk = Talk(persona=persona)
    assert all(answer.strip() for answer in talk.say_all(texts))
    assert talk.repeated() == set()


async def collected(text: str, interval_ms: float = 0) -> list[Chunk]:
    prompt = prompt_for(text, Conversation(session_id="s"))
    return [each async for each in OfflineProvider(interval_ms=interval_ms).stream(prompt)]


async def test_the_answer_streams_word_by_word_and_says_what_it_cost() -> None:
    chunks = await collected("I feel stuck in my job")
    *pieces, end = chunks
    text = "".join(piece.text for piece in pieces)
    assert text == compose(prompt_for("I feel stuck in my job", Conversation(session_id="s")))
    assert all(len(piece.text.split()) == 1 for piece in pieces)
    assert (end.text, end.finish_reason, end.model) == ("", "stop", "offline")
    assert end.usage is not None
    assert end.usage.completion_tokens > 0


async def test_words_come_at_an_interval() -> None:
    assert len(await collected("hi", interval_ms=0.01)) > 3


async def test_the_provider_has_a_name_and_closes() -> None:
    provider = OfflineProvider()
    assert provider.name == "offline"
    await provider.aclose()


def test_a_turn_of_phrase_comes_back_only_with_other_words_in_it() -> None:
    writer = Writer(["So, “one” is what stays with me."], {"quote": "two"}, seed="s")
    template = "So, “{quote}” is what stays with me."
    assert writer.pick([template]) is None
    assert writer.pick([template], again=True) == "So, “two” is what stays with me."
    assert writer.pick([template], again=True) is None


def test_labels_and_marks_do_not_make_a_sentence_another_one() -> None:
    assert units("1) **Problem:** It broke.\n\n- It BROKE!") == {"it broke"}
    assert units("**Steps:**") == {"steps"}


def test_figures_that_were_laid_out_before_are_not_laid_out_again() -> None:
    talk = Talk(persona="riri")
    first, again = talk.say_all(["rent 1,100, food 450 and insurance 200 a month"] * 2)
    assert "| food | 450 |" in first
    assert "|" not in again
