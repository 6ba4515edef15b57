"""How conversations with the offline engine begin: small talk, short answers, bursts."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.llm.offline.book import load_book
from sessions.llm.offline.burst import joined
from sessions.llm.offline.care import kind_of
from sessions.llm.offline.doing import read_doing
from sessions.llm.offline.meeting import besides_name
from sessions.llm.offline.pieces import read_piece
from sessions.llm.offline.plans import TALK
from sessions.llm.offline.trouble import is_hard
from tests.sessions.llm.offline_talk import Talk, prompt_for

PERSONAS = ["lua", "elro", "riri", "nana"]
BOOK = Path(__file__).with_name("first_words.toml")
SCRIPTS: list[list[str]] = [
    texts for part in tomllib.loads(BOOK.read_text(encoding="utf-8")).values() for texts in part
]
# Questions that are right only after something was told that they are about.
DEEP = {
    line
    for language in ("en", "ko")
    for table in (load_book(language).common, *load_book(language).topics.values())
    for move in ("ask", "dig", "review", "when")
    for line in table.get(move, ())
}
ADVISES = {"advice", "how", "should", "more", "make", "progress_bad"}


def walked(texts: list[str], persona: str) -> Iterator[tuple[str, str, str]]:
    """Yield message, its act and its answer, one after the other."""
    talk = Talk(persona=persona)
    for text in texts:
        prompt = prompt_for(text, talk.conversation, persona=persona)
        language = "ko" if prompt.language == "ko" else "en"
        yield text, read_doing(prompt, language).act.name, talk.say(text)


@pytest.mark.parametrize("persona", PERSONAS)
def test_the_first_turns_take_nothing_for_granted(persona: str) -> None:
    for texts in SCRIPTS:
        asked: set[str] = set()
        advised = False
        # What hurts is met with questions of its own.
        tended = any(kind_of(each, language) for each in texts for language in ("en", "ko"))
        for text, act, answer in walked(texts, persona):
            questions = set(re.findall(r"[^.!?¶\n]+\?", re.sub(r"“[^”]*”", "", answer)))
            assert not questions & asked, (text, answer)
            asked |= questions
            advised |= act in ADVISES
            easy = advised or tended or act == "accept"
            assert easy or not any(each in answer for each in DEEP), (text, answer)
            assert advised or "**" not in answer, (text, answer)
            assert act not in TALK or "\n1)" not in answer


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hi, I am Ana", "Ana"),
        ("I'm Sam. Nice to meet you", "Sam"),
        ("fine. I'm Lena by the way", "Lena"),
        ("nice to meet you, I'm Priya", "Priya"),
        ("안녕하세요, 저는 지우예요", "지우"),
        ("민수라고 합니다", "민수"),
        ("하늘이라고 해요", "하늘"),
        ("안녕하세요, 하늘이라고 해요", "하늘"),
        ("안녕하세요, 저는 민수예요", "민수"),
    ],
)
def test_an_introduction_is_answered_with_the_name_and_what_brings_them(
    text: str, name: str, persona: str
) -> None:
    answer = Talk(persona=persona).say(text)
    language = "ko" if re.search(r"[가-힣]", text) else "en"
    assert answer.count(name) == 1
    assert answer.endswith(load_book(language).common["brings"])


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("hello, my name is Tom and I want to learn guitar", "Tom", "I want to learn guitar"),
        ("I'm Sam. I'm a nurse.", "Sam", "I'm a nurse."),
        ("안녕하세요! 민수라고 합니다. 기타를 배우고 싶어요", "민수", "기타를 배우고 싶어요"),
        ("Tom says hello", "Tom", "Tom says hello"),
    ],
)
def test_what_is_told_besides_a_name_is_found(text: str, name: str, rest: str) -> None:
    assert besides_name(text, name) == rest


def test_where_somebody_is_from_and_what_they_do_are_no_names() -> None:
    told = ("I'm Korean.", "I'm Catholic", "I'm Pregnant.", "Hi, I'm Autistic", "I'm Trans btw")
    own = (
        "안녕하세요, 저는 대학생이에요",
        "안녕하세요, 저는 불면증이에요",
        "안녕하세요, 저는 임산부예요",
    )
    for text in (*told, *own):
        assert "Nice to meet you" not in Talk().say(text)
        assert "님" not in Talk().say(text)


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    "text",
    [
        *(
            "죽으라고 해요",
            "애들이 매일 괴롭혀요. 죽으라고 해요.",
            "아빠가 나가라고 해요",
            "그만두라고 해요",
        ),
        *("바보라고 해요", "안녕하세요, 죽으라고 해요", "친구들이 돼지라고 불러"),
        *(
            "They tell me to die",
            "they call me a pig at school",
            "He says nobody will ever love me",
        ),
    ],
)
def test_cruel_words_that_were_said_to_somebody_are_met_with_care(text: str, persona: str) -> None:
    language = "ko" if re.search(r"[가-힣]", text) else "en"
    care = load_book(language).care
    answer = Talk(persona=persona).say(text)
    assert any(line in answer for kind in ("cruel", "shame") for line in care[kind]["hear"])
    assert "님" not in answer


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("my mom died yesterday and you ask so many questions", "loss"),
        ("I was diagnosed with cancer, stop asking questions", "ill"),
        ("엄마가 어제 돌아가셨는데 질문이 너무 많아요", "loss"),
    ],
)
def test_grave_news_is_met_before_a_complaint_and_without_a_question(
    text: str, kind: str, persona: str
) -> None:
    language = "ko" if re.search(r"[가-힣]", text) else "en"
    answer = Talk(persona=persona).say(text)
    assert any(answer.startswith(line) for line in load_book(language).care[kind]["hear"])
    assert "?" not in answer


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    "text",
    [
        *("I can't wait for my wedding", "I have never been happier", "My scan came back clear"),
        "My boyfriend proposed and I didn't hesitate a second",
        *("We stopped smoking, it's great", "My tumor is gone, I can't believe it"),
        *("I couldn't be happier with my new job", "My daughter can't stop smiling"),
        *("완치됐대요", "친구한테 전화가 와서 정말 좋았어요", "안 믿겨요, 제가 합격했대요"),
    ],
)
def test_good_news_is_not_answered_as_hardship(text: str, persona: str) -> None:
    language = "ko" if re.search(r"[가-힣]", text) else "en"
    book = load_book(language)
    answer = Talk(persona=persona).say(text)
    hard = [*book.common["feel_mild"], *book.common["ease_hard"], *book.common["feel"]]
    assert not any(line in answer for line in hard)
    assert kind_of(text, language) in ("", "joy")


@pytest.mark.parametrize(
    ("text", "language", "hard"),
    [
        ("I can't sleep since the accident", "en", True),
        ("my flatmate never cleans", "en", True),
        ("she stopped eating", "en", True),
        ("it was great but now everything is broken", "en", True),
        ("my wedding was cancelled", "en", True),
        ("The shop closed at five", "en", False),
        ("I never went to Rome", "en", False),
        ("동생이랑 싸웠어", "ko", True),
        ("아파트로 이사했어요", "ko", False),
        ("친구한테 전화가 왔어요", "ko", False),
    ],
)
def test_only_trouble_is_hard(text: str, language: str, *, hard: bool) -> None:
    assert is_hard(text, [], language, short=False) is hard


@pytest.mark.parametrize(
    ("text", "language", "whole"),
    [
        ("I had a fight\nwith my dad\nabout money", "en", "I had a fight with my dad about money"),
        ("my sister\ncalled me\nand said no", "en", "my sister called me and said no"),
        ("my sister\nshe left\nand took it all", "en", "my sister left and took it all"),
        ("친구랑 싸웠어\n돈 때문에\n어제", "ko", "어제 돈 때문에 친구랑 싸웠어"),
        ("동생이\n내 옷을\n또 가져갔어", "ko", "동생이 내 옷을 또 가져갔어"),
        ("I'm late.\nwith work", "en", "I'm late.\nwith work"),
        ("- one\n- and two", "en", "- one\n- and two"),
    ],
)
def test_a_burst_is_read_as_one_thing(text: str, language: str, whole: str) -> None:
    assert joined(text, language) == whole


@given(st.text(max_size=200), st.sampled_from(["en", "ko"]))
def test_no_word_of_a_burst_is_lost(text: str, language: str) -> None:
    kept = sorted(re.findall(r"\w", joined(text, language)))
    pronouns = re.search(r"^\s*(?:he|she|they|it|who)\b", text, re.IGNORECASE | re.MULTILINE)
    assert pronouns or kept == sorted(re.findall(r"\w", text))


@pytest.mark.parametrize(
    ("text", "language", "piece"),
    [
        ("since Monday", "en", ("since", "since Monday")),
        ("it's been two years", "en", ("since", "two years")),
        ("yes, twice", "en", ("often", "twice")),
        ("in May", "en", ("until", "in May")),
        ("my thesis", "en", ("thing", "your thesis")),
        ("no energy for anything", "en", ("thing", "no energy for anything")),
        ("no, twice", "en", ("often", "twice")),
        ("지난달부터요", "ko", ("since", "지난달부터군요")),
        ("세 달 됐어요", "ko", ("since", "세 달 됐군요")),
        ("응 한 달 됐어", "ko", ("since", "한 달 됐군요")),
        ("네 한 세 달 됐어요", "ko", ("since", "세 달 됐군요")),
        ("하루에 십 분 정도요", "ko", ("often", "하루에 십 분 정도군요")),
        ("내년 봄에요", "ko", ("until", "내년 봄이군요")),
        ("수학", "ko", ("thing", "수학이군요")),
        ("영어요", "ko", ("thing", "영어군요")),
        ("회사에서요", "ko", ("thing", "회사군요")),
    ],
)
def test_a_short_answer_is_taken_up(text: str, language: str, piece: tuple[str, str]) -> None:
    found = read_piece(text, language)
    assert found is not None
    assert (found.kind, found.said) == piece


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *((each, "en") for each in ("he left", "it's annoying", "stop", "why?", "maybe", "so sad")),
        *((each, "ko") for each in ("화나", "귀찮아요", "논문이 안 써져", "몰라", "왜?", "그냥")),
        *(
            (each, "ko")
            for each in ("답을 주세요", "내일 갈게요", "자주 가요", "예뻐요", "해 봐요")
        ),
        *(
            (each, "ko")
            for each in ("빨리 말해 주세요", "이제 잘래요", "같이 할까요", "다 끝났어요")
        ),
    ],
)
def test_a_sentence_is_no_short_answer(text: str, language: str) -> None:
    assert read_piece(text, language) is None


def test_help_without_a_matter_is_asked_what_it_is_about() -> None:
    talk = Talk(persona="elro")
    assert talk.say("can you help me?").endswith(load_book("en").common["help_ask"])
    talk.say("my flatmate never cleans")
    assert "**Solution:**" in talk.say("can you help me?")


@pytest.mark.parametrize("text", ["why do you ask so many questions?", "질문이 너무 많아"])
def test_who_is_asked_too_much_is_asked_nothing(text: str) -> None:
    talk = Talk()
    korean = "질문" in text
    talk.say("친구랑 싸웠어요" if korean else "I had a fight with a friend")
    assert "?" not in talk.say(text)


def test_what_was_never_proposed_cannot_be_turned_down() -> None:
    talk = Talk(persona="nana")
    talk.say("I tried to quit smoking")
    ideas = [line for line in load_book("en").topics["habit"]["idea"] if "{" not in line]
    assert not any(idea in talk.say("it didn't work") for idea in ideas)
