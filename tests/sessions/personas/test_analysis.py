"""Tone, pace, intent and language, on sentences written for the purpose."""

import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.personas.analysis import INTENTS, PACES, TONES, Analysis, analyse
from sessions.personas.evidence import find

TONE_LINES = [
    ("frustrated", "I'm so fed up, this printer keeps failing again"),
    ("frustrated", "몇 번을 해도 안 되니까 진짜 짜증나요"),
    ("frustrated", "My manager ignores me in every single review and I am sick of it"),
    ("frustrated", "팀장이 제 말을 계속 무시해서 너무 답답해요"),
    ("playful", "haha that pun was awful, tell me a joke"),
    ("playful", "ㅋㅋㅋ 심심한데 재밌는 얘기 해줘"),
    ("playful", "lol let's name my cactus 😂"),
    ("anxious", "I have an interview on Monday and I'm terrified I'll freeze"),
    ("anxious", "내일 발표인데 너무 떨려서 잠이 안 와요"),
    ("anxious", "What if I fail? I can't stop worrying about it"),
    ("anxious", "혹시 잘릴까 봐 불안해요"),
    ("analytical", "Compare the two offers: pros and cons, with the data we have"),
    ("analytical", "두 방법의 성능을 수치로 비교해 주세요"),
    ("analytical", "Please quantify the trade-offs between latency and cost"),
    ("calm", "Good morning, thanks for yesterday. No rush on this one"),
    ("calm", "안녕하세요, 천천히 이야기 나누고 싶어요. 감사합니다"),
    ("calm", "hello"),
    ("calm", "안녕하세요"),
    ("curious", "I wonder how octopuses see colour"),
    ("curious", "블랙홀은 왜 생기는지 궁금해요"),
    ("curious", "What's the difference between jazz and swing?"),
    ("urgent", "I need this right now, the deadline is in an hour!"),
    ("urgent", "급해요! 한 시간 안에 제출해야 해요"),
    ("urgent", "서버가 죽었어요 지금 당장 도와주세요"),
    ("confused", "I don't understand, this makes no sense to me"),
    ("confused", "설명을 읽어도 무슨 말인지 모르겠어요. 헷갈려요"),
    ("confused", "Everyone says something different and I'm completely lost"),
    ("collaborative", "Our team should work together with the design department"),
    ("collaborative", "우리 팀 동료들과 함께 정하고 싶어요"),
]
INTENT_LINES = [
    ("seek_advice", "Should I accept the offer in another city?"),
    ("seek_advice", "부모님께 어떻게 말해야 할지 조언 부탁드려요"),
    ("seek_advice", "How do I tell my best friend that I'm moving away?"),
    ("problem_solving", "The app crashes with an error when I log in, please help me fix it"),
    ("problem_solving", "로그인하면 오류가 나요. 어떻게 고쳐요?"),
    ("problem_solving", "My sink leak won't stop, I tried everything"),
    ("learning", "Explain how compound interest works"),
    ("learning", "재귀 함수가 뭐예요? 예시로 설명해 주세요"),
    ("learning", "I want to learn the basics of watercolour"),
    ("validation", "Am I overreacting, or is it normal to feel like that?"),
    ("validation", "제가 제대로 하고 있는 게 맞나요? 검토해 주세요"),
    ("validation", "Could you double-check my reasoning?"),
    ("planning", "Help me plan next week: first the slides, then the rehearsal"),
    ("planning", "다음 주 일정 계획을 세우고 싶어요"),
    ("planning", "I need a schedule and milestones for the move by the end of May"),
    ("reflection", "Looking back, I realized I used to paint for joy"),
    ("reflection", "돌이켜 생각해보니 그때가 그리워요"),
    ("reflection", "I just need to vent. I feel like nobody noticed"),
]
PACE_LINES = [
    ("burst", "omg!! hurry!! now!!"),
    ("burst", "헐! 빨리! 대박!"),
    ("burst", "WHY WOULD ANYONE DO THIS!!!"),
    ("contemplative", "Looking back... perhaps I was never really ready for it."),
    ("contemplative", "문득 돌아보면, 어쩌면 나는 오랫동안 천천히 변해 온 것 같아"),
    ("medium", "Could you recommend a recipe for tonight?"),
    ("medium", "오늘 저녁에 뭘 먹으면 좋을까요?"),
    (
        "flowing",
        "I got home late and then my sister called, and we talked for an hour about the house. "
        "After that I tidied the kitchen because I could not sleep. Then I wrote a list of all "
        "the things that we would need to sell. It was a long list, also a funny one, actually. "
        "At the same time I kept looking at the photographs on the wall.",
    ),
]


def top(distribution: dict[str, float]) -> str:
    return max(distribution, key=lambda name: distribution[name])


@pytest.mark.parametrize(("tone", "text"), TONE_LINES)
def test_the_tone_is_heard(tone: str, text: str) -> None:
    assert top(analyse(text).tone) == tone


@pytest.mark.parametrize(("intent", "text"), INTENT_LINES)
def test_the_intent_is_understood(intent: str, text: str) -> None:
    assert top(analyse(text).intent) == intent


@pytest.mark.parametrize(("pace", "text"), PACE_LINES)
def test_the_pace_is_felt(pace: str, text: str) -> None:
    assert top(analyse(text).pace) == pace


def test_every_name_of_the_vocabularies_can_win() -> None:
    assert {tone for tone, _ in TONE_LINES} == set(TONES)
    assert {intent for intent, _ in INTENT_LINES} == set(INTENTS)
    assert {pace for pace, _ in PACE_LINES} == set(PACES)


@pytest.mark.parametrize(
    ("plain", "negated"),
    [
        ("I'm worried about it", "I'm not worried about it"),
        ("I am really anxious", "I don't feel anxious"),
        ("불안해요", "안 불안해요"),
        ("걱정해요", "걱정하지 않아요"),
        ("걱정이 있어요", "걱정이 없어요"),
        ("무서워요", "하나도 안 무서워요"),
    ],
)
def test_negation_takes_a_worry_back(plain: str, negated: str) -> None:
    assert top(analyse(plain).tone) == "anxious"
    assert top(analyse(negated).tone) == "calm"


def test_negation_ends_with_its_clause() -> None:
    assert top(analyse("I'm not worried, I'm furious").tone) == "frustrated"
    assert top(analyse("I'm not angry but I'm terrified").tone) == "anxious"


def test_a_negator_that_stops_nothing_does_not_negate() -> None:
    assert top(analyse("I'm not only anxious, I'm scared").tone) == "anxious"
    assert top(analyse("I can't stop panicking").tone) == "anxious"


@pytest.mark.parametrize("text", ["?", "You there?", "Is the shop open?", "밥 먹었어?"])
def test_a_question_mark_alone_is_not_curiosity(text: str) -> None:
    assert top(analyse(text).tone) == "calm"


def test_politeness_is_calm() -> None:
    bare, polite = analyse("the report"), analyse("the report please, thank you")
    assert polite.tone["calm"] > bare.tone["calm"]


def test_emoji_speak() -> None:
    assert top(analyse("today 😡😡").tone) == "frustrated"
    assert top(analyse("see you 🤝").tone) == "collaborative"


def test_words_inside_code_are_not_feelings() -> None:
    code = "```python\nraise PanicError('worried, terrified')\nkill(child)\n```"
    found = analyse(f"What does this do?\n{code}")
    assert found.tone == analyse("What does this do?\n```python\nreturn 1\n```").tone
    assert found.tone["analytical"] > analyse("What does this do?").tone["analytical"]


def test_a_log_line_makes_it_a_problem() -> None:
    assert top(analyse("TypeError: x is undefined").intent) == "problem_solving"


def test_telling_a_worry_without_asking_is_not_a_wish_to_be_taught() -> None:
    assert top(analyse("면접 때문에 너무 불안해요").intent) == "reflection"


def test_a_short_follow_up_keeps_the_mood() -> None:
    before = ["I'm terrified of the exam, I can't sleep"]
    assert top(analyse("yes").tone) == "calm"
    assert top(analyse("yes", previous=before).tone) == "anxious"


def test_what_is_said_now_weighs_more_than_what_was_said() -> None:
    before = ["I'm terrified of the exam, I can't sleep"]
    assert top(analyse("haha, just kidding, that was hilarious", previous=before).tone) == "playful"


def test_a_message_without_letters_keeps_the_language() -> None:
    assert analyse("👍", previous=["안녕하세요"]).language == "ko"
    assert analyse("👍").language == "en"


@pytest.mark.parametrize(
    "text", ["ok", "Ok thanks", "yes", "lol", "👍", "123", "hi", "TypeError: x is not a function"]
)
def test_a_word_that_anyone_writes_keeps_the_language(text: str) -> None:
    assert analyse(text, previous=["안녕하세요"]).language == "ko"
    assert analyse(text, previous=["yes"] * 5, usual="ko").language == "ko"
    assert analyse(text, usual="ko-KR").language == "ko"
    assert analyse(text).language == "en"


def test_a_sound_in_hangul_keeps_an_english_conversation() -> None:
    assert analyse("ㅋㅋㅋ", previous=["How are you today?"]).language == "en"
    assert analyse("ㅋㅋㅋ").language == "ko"


def test_a_sentence_changes_the_language() -> None:
    assert analyse("What should I do next?", previous=["안녕하세요"], usual="ko").language == "en"
    assert analyse("이제 뭐 하지?", previous=["How are you?"], usual="en").language == "ko"


def test_code_does_not_change_the_language() -> None:
    code = "```python\nif x is not None and y in z: return for the best\n```"
    assert analyse(f"이거 왜 안 돼?\n{code}").language == "ko"
    assert analyse(code, usual="ko").language == "ko"


def test_insisting_counts_twice_at_most() -> None:
    insisting = analyse("help " * 400).intent["seek_advice"]
    assert insisting <= analyse("help, help").intent["seek_advice"]


def total_is_one(found: Analysis) -> bool:
    return all(
        sum(part.values()) == pytest.approx(1.0) for part in (found.tone, found.pace, found.intent)
    )


@given(st.text(max_size=300), st.lists(st.text(max_size=60), max_size=4))
def test_any_text_has_distributions_that_sum_to_one(text: str, previous: list[str]) -> None:
    found = analyse(text, previous=previous)
    assert total_is_one(found)
    assert set(found.tone) == set(TONES)
    assert set(found.pace) == set(PACES)
    assert set(found.intent) == set(INTENTS)
    assert found == analyse(text, previous=previous)


@pytest.mark.parametrize(
    "unit", ["a ", "가", "!", "`", "(", "'a", '"', "안 ", "def f(", "1.", "⟦", "not ", "```"]
)
def test_the_longest_message_is_analysed_in_one_pass(unit: str) -> None:
    assert total_is_one(analyse((unit * 8000)[:8000]))


def calls_to_read(text: str) -> int:
    """Count the calls into functions, Python's and C's, of one reading: work, not time."""
    counted = Counter[str]()
    sys.setprofile(lambda frame, event, arg: counted.update([event]))
    try:
        analyse(text)
    finally:
        sys.setprofile(None)
    return counted["call"] + counted["c_call"]


@pytest.mark.parametrize("unit", ["ㅋ", "안 ", "가", "help ", "?! ", "not worried ", "걱정 "])
def test_the_work_grows_no_faster_than_the_text(unit: str) -> None:
    analyse("the first reading loads the lexicons")
    half, whole = calls_to_read(unit * 2_000), calls_to_read(unit * 4_000)
    assert whole <= 2.2 * half


def test_a_phrase_said_a_thousand_times_is_looked_at_a_few_times() -> None:
    assert len(find("ㅋ" * 100_000)) <= 64
