"""What the check says of a message, alone and in a conversation."""

import sys
import types
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.safety.classify import Risk, check

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u3164\ufe0f"
HEAVY = (
    "I want to die",
    "everyone would be better off without me",
    "my friend wants to kill himself",
    "죽고 싶어",
    "살기 싫어요",
)


def risk_of(text: str, *previous: str) -> Risk:
    risk = check(text, previous=previous)
    assert risk is not None, text
    return risk


@pytest.mark.parametrize(
    ("text", "category", "severity", "about"),
    [
        ("I want to die", "suicide", "elevated", "self"),
        ("I'm going to kill myself tonight", "suicide", "acute", "self"),
        ("I want to die and I bought pills", "suicide", "acute", "self"),
        ("I've been cutting myself", "self_harm", "elevated", "self"),
        ("I've been cutting myself and it is bleeding", "self_harm", "acute", "self"),
        ("my husband hits me", "abuse", "elevated", "self"),
        ("my husband hits me, he is outside right now", "abuse", "acute", "self"),
        ("I took a whole bottle of pills", "medical_emergency", "acute", "self"),
        ("I want to kill my boss", "harm_others", "elevated", "self"),
        ("my sister says she wants to die", "suicide", "elevated", "other"),
        ("죽고 싶어", "suicide", "elevated", "self"),
        ("오늘 밤에 죽을 거야", "suicide", "acute", "self"),
        ("친구가 죽고 싶다고 해요", "suicide", "elevated", "other"),
        ("남편이 때려요", "abuse", "elevated", "self"),
        ("자해하고 싶어", "self_harm", "elevated", "self"),
    ],
)
def test_a_risk_has_a_kind_an_urgency_and_a_person(
    text: str, category: str, severity: str, about: str
) -> None:
    risk = risk_of(text)
    assert (risk.category, risk.severity, risk.about) == (category, severity, about)


def test_rules_are_ids_and_never_the_words_themselves() -> None:
    risk = risk_of("I want to die, Marguerite")
    assert risk.rules
    assert all(rule.startswith("en.") and " " not in rule for rule in risk.rules)


def test_the_language_is_that_of_the_words_that_were_heard() -> None:
    assert risk_of("죽고 싶어 lol").language == "ko"
    assert risk_of("ㅋㅋ I want to die").language == "en"


def test_one_sentence_in_a_long_message_is_heard() -> None:
    calm = "We went to the market and bought apples, bread and cheese. "
    assert risk_of(calm * 40 + "I think about killing myself. " + calm * 40).category == "suicide"


def test_the_most_urgent_of_several_risks_is_named() -> None:
    assert risk_of("my husband hits me. I took 40 pills").category == "medical_emergency"


def test_despair_without_a_plain_word_adds_up_within_one_message() -> None:
    text = "I feel hopeless and worthless, I hate my life, I have no friends and I give up."
    risk = risk_of(text)
    assert risk.severity == "elevated"
    assert all(".sign." in rule for rule in risk.rules)
    assert check("I feel hopeless about this exam") is None


def test_despair_adds_up_over_messages_only_when_the_newest_adds_to_it() -> None:
    earlier = ("I feel so alone", "I give up")
    newest = "I am a burden, depressed and miserable"
    assert check(newest) is None
    assert risk_of(newest, *earlier).severity == "elevated"
    assert check("shall we cook pasta?", previous=earlier) is None


@pytest.mark.parametrize(
    "answer", ["no", "not really", "I don't know", "I mean it", "I'm not safe"]
)
def test_a_short_answer_confirms_the_risk_that_was_asked_about(answer: str) -> None:
    assert check(answer) is None
    risk = risk_of(answer, "I want to die")
    assert (risk.severity, risk.rules) == ("acute", ("context.follow",))


@pytest.mark.parametrize("answer", ["아니", "안전하지 않아", "모르겠어", "진심이야"])
def test_a_short_korean_answer_does_so_too(answer: str) -> None:
    assert check(answer) is None
    assert risk_of(answer, "죽고 싶어").language == "ko"


def test_an_answer_keeps_whom_the_worry_is_about() -> None:
    assert risk_of("no", "my friend wants to kill himself").about == "other"


@pytest.mark.parametrize(
    "text",
    ["thanks, I called my mum", "yes, I'm safe", "what's for dinner tonight?", "숙제 도와줘"],
)
def test_the_conversation_may_move_on_after_a_risk(text: str) -> None:
    assert check(text, previous=["I want to die"]) is None


def test_a_plain_no_means_nothing_two_messages_later() -> None:
    assert check("no", previous=["I want to die", "do you like tea?"]) is None


def test_only_the_last_three_messages_are_remembered() -> None:
    calm = ["tea", "cake", "rain"]
    assert check("I mean it", previous=["I want to die", *calm]) is None
    assert check("I mean it", previous=["I want to die", *calm[1:]]) is not None


@given(st.text(max_size=400), st.lists(st.text(max_size=60), max_size=4))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_it_raise(text: str, previous: list[str]) -> None:
    assert isinstance(check(text, previous=previous), Risk | None)


@given(
    st.text("killmyself die want to 죽고싶자살해ㅈㅅ.,!?*'\"130@$-_\u200b\n", max_size=200),
)
@settings(max_examples=150, deadline=None)
def test_a_repeated_check_says_the_same(text: str) -> None:
    assert check(text) == check(text)


@given(st.sampled_from(HEAVY), st.data())
@settings(max_examples=80, deadline=None)
def test_invisible_characters_hide_nothing(text: str, data: st.DataObject) -> None:
    marks = data.draw(
        st.lists(st.text(INVISIBLE, max_size=3), min_size=len(text), max_size=len(text))
    )
    hidden = "".join(letter + mark for letter, mark in zip(text, marks, strict=True))
    assert check(hidden) == check(text)


@given(st.sampled_from(HEAVY), st.sampled_from([str.upper, str.title, str.swapcase]))
def test_case_hides_nothing(text: str, change: Callable[[str], str]) -> None:
    assert check(change(text)) == check(text)


@given(st.sampled_from(HEAVY), st.sampled_from(["Hello there. ", "오늘 날씨 좋다. ", "\n\n- "]))
def test_what_stands_before_hides_nothing(text: str, before: str) -> None:
    assert check(before + text) is not None


def steps(text: str) -> int:
    """Return how many lines of the package run for `text`."""
    count = 0

    def trace(frame: types.FrameType, event: str, _: object) -> Any:
        nonlocal count
        if "safety" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        check(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        "I want to ",
        "kill kill kill myself ",
        "not never no i ",
        "a b c d ",
        "나는 오늘 죽을 만큼 힘들어서 ",
        "죽 고 싶 ",
        "ㅈㅏㅅㅏㄹ",
        "s*u*i*c*",
        "\"' ",
        "aaaa",
    ],
)
def test_work_grows_with_the_length_and_no_faster(piece: str) -> None:
    check("warm")
    short, long = steps((piece * 2000)[:2000]), steps((piece * 8000)[:8000])
    assert long <= 4.4 * short + 2000
