"""What jarred in conversations of six messages, read aloud: it is said otherwise now."""

import pytest

from sessions.llm.offline.book import load_book
from sessions.llm.offline.care import read_care
from tests.sessions.llm.offline_talk import Talk

PERSONAS = ["lua", "elro", "riri", "nana"]


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    ("texts", "never"),
    [
        (("I play games with friends in the US",), "the you"),
        (("My sister is upset with me", "maybe she's right"), "she's right"),
        (("I want to change my job", "I know a bit of Excel"), "“a bit of Excel”"),
        (("we are moving in march",), "in march"),
        (("my sister called", "my brother is coming to see me"), "otherwise"),
        (("이직하고 싶어요", "포트폴리오도 없어요", "뭐부터 하면 좋을까요?"), "”이에요"),
        (("이직하고 싶어요", "뭐부터 하면 좋을까요?", "답을 주세요"), "주세군요"),
        (("토익 점수가 안 올라요", "LC가 약해요"), "약하는군요"),
        (("제가 잘못한 것 같아요",), "잘못한 것 같군요"),
        (("동생이랑 싸웠어요", "사과했는데 답을 안 해요"), "직접 해냈네요"),
        (("I think I want to break up with my girlfriend",), "it was your everyday life"),
        (("남자친구랑 사귀고 있어요", "주말마다 싸워요"), "소소한"),
        (("집주인이 보일러를 안 고쳐 줘요", "방이 14도예요"), "14도 그랬"),
        (("집주인이 보일러를 안 고쳐 줘요", "뭘 할 수 있을까요?"), "요약해 줘"),
        (("엄마가 치매라서 제가 돌봐요", "오빠는 외국에 살아서 안 도와줘요"), "한마디면"),
        (("I want to learn to cook", "where do I start?"), "getting yourself moving"),
    ],
)
def test_what_jarred_is_not_said_any_more(texts: tuple[str, ...], never: str, persona: str) -> None:
    assert never not in " ".join(Talk(persona=persona).say_all(texts))


def test_who_gets_no_answer_does_not_wish_for_none() -> None:
    assert read_care("사과했는데 답을 안 해요", (), "tell", "ko").manner != "wish"
    assert read_care("답은 안 해 줘도 돼요", (), "tell", "ko").manner == "wish"


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    ("texts", "topics"),
    [
        (
            ("we are moving and I'm stressed", "I worry a lot", "what would you do first?"),
            ("rest", "money"),
        ),
        (("다음 주에 이사를 가요", "혼자 짐을 싸요", "뭐부터 해야 할까요?"), ("lonely", "close")),
    ],
)
def test_a_topic_that_was_only_touched_gives_no_advice(
    texts: tuple[str, ...], topics: tuple[str, ...], persona: str
) -> None:
    answer = Talk(persona=persona).say_all(texts)[-1]
    book = load_book("ko" if answer and not texts[0].isascii() else "en")
    for topic in topics:
        for move in ("idea", "step", "script"):
            assert not any(line in answer for line in book.topics[topic].get(move, ())), answer


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize(
    ("texts", "move"),
    [
        (("월급이 250인데 저축을 못 해요", "어떻게 줄일까요?", "좋아요"), "on_accept"),
        (("I can't save money", "what should I do?", "let's do that first"), "on_accept"),
        (("I can't save money", "what should I do?", "good, thanks"), "thanks"),
        (("I have no friends", "what should I do?", "I'll ask him for a coffee"), "on_accept"),
        (("I want to study", "should I do it?", "I think I will"), "on_accept"),
        (("저는 친구가 없어요", "어떻게 하죠?", "내일 커피 마시자고 할게요"), "on_accept"),
        (("그 사람이랑 말을 안 해요", "어떻게 말하죠?"), "on_how"),
        (("I don't trust my work", "how can I believe it?", "hm, maybe"), "on_unsure"),
    ],
)
def test_a_short_word_after_advice_is_about_the_advice(
    texts: tuple[str, ...], move: str, persona: str
) -> None:
    answer = Talk(persona=persona).say_all(texts)[-1]
    book = load_book("en" if texts[0].isascii() else "ko")
    assert any(line in answer for line in book.common[move]), answer


def test_who_tells_something_else_after_a_mood_is_not_pitied_for_it() -> None:
    for each in range(6):
        talk = Talk(session_id=f"s{each}")
        talk.say("I'm exhausted")
        answer = talk.say("I have a dog called Biscuit who keeps me sane")
        assert "hurts" not in answer
        assert "heavy" not in answer
        assert "sorry" not in answer


def test_a_name_is_taken_from_a_greeting() -> None:
    assert "수진님" in Talk().say("안녕하세요 수진이에요")
    assert "님" not in Talk().say("안녕하세요 대학생이에요")
