"""What was made fast finds what the slow way finds, in any text."""

from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sessions.safety.hits import hear
from sessions.safety.lexicon import lexicon
from sessions.safety.phrases import Index, compile_phrase
from sessions.safety.reading import plain
from tests.sessions.safety.slowly import (
    SlowIndex,
    SlowSpeller,
    slow_hear,
    slow_lexicon,
    slow_plain,
)

Language = Literal["en", "ko"]
ENGLISH = sorted(lexicon("en").index.units)
KOREAN = sorted(lexicon("ko").index.units)
SHORT = st.sampled_from(["a", "b", "c", "a|b", "b?", "..", "...", "@all", "c|x?"])
SIGNS = st.text("aeiou013457@$!*'’` .,?\"\n\t\x07\u200b\u0301éüа가ㅈㅏ죽", max_size=12)


def texts(*words: str) -> st.SearchStrategy[str]:
    part = st.one_of(st.sampled_from(words), SIGNS, st.text(max_size=4))
    return st.lists(part, max_size=14).map(" ".join)


@st.composite
def notations(draw: st.DrawFn, depth: int = 2) -> str:
    parts = [draw(SHORT) for _ in range(draw(st.integers(1, 3)))]
    if depth and draw(st.booleans()):
        options = draw(st.lists(notations(depth - 1), min_size=1, max_size=3))
        parts.append(f"({'|'.join(options)}){draw(st.sampled_from(['', '?']))}")
    return " ".join(draw(st.permutations(parts)))


@given(
    st.lists(notations(), min_size=1, max_size=4),
    st.lists(st.sampled_from(["a", "b", "c", "x", "y", ".", "not"]), max_size=9),
)
def test_phrases_of_any_shape(phrases: list[str], units: list[str]) -> None:
    fast, slow = (each(unskipped=frozenset({"not"})) for each in (Index, SlowIndex))
    for phrase in phrases:
        compiled = compile_phrase(
            f"a {phrase}", split=str.split, classes={"all": frozenset({"a", "b", "x"})}
        )
        fast.add(phrase, compiled)
        slow.add(phrase, compiled)
    assert fast.find(units) == slow.find(units)


@pytest.mark.parametrize(("language", "units"), [("en", ENGLISH), ("ko", KOREAN)])
def test_every_packaged_phrase(language: Language, units: list[str]) -> None:
    more = [".", ",", " ", "unknown", "죽"]

    @given(st.lists(st.sampled_from(units + more), max_size=30))
    def compare(said: list[str]) -> None:
        said = [" ", *said]
        assert lexicon(language).find(said) == slow_lexicon(language).find(said)

    compare()


@given(st.one_of(st.text(), SIGNS))
def test_plain_text(text: str) -> None:
    assert plain(text) == slow_plain(text)


@example("a 0*a")
@given(texts("kill", "myself", "suuuicide", "sui*ide", "k i l l", "d1e!", "3am", "wanna", "im"))
def test_words_however_they_are_spelled(text: str) -> None:
    fast, slow = lexicon("en").speller, slow_lexicon("en").speller
    assert fast is not None
    assert isinstance(slow, SlowSpeller)
    assert fast.words(plain(text)) == slow.words(plain(text))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_is_heard(language: Language) -> None:
    @given(texts(*ENGLISH, "죽고 싶어", "자살", "안", "죽", "ㅈㅏ살", "농담이야"))
    def compare(text: str) -> None:
        fast = hear(plain(text), lexicon(language))
        slow = slow_hear(slow_plain(text), slow_lexicon(language))
        assert (fast.rules, fast.marks) == (slow.rules, slow.marks)
        assert fast.units in (slow.units, 0)

    compare()


def test_korean_is_listened_for_where_there_is_hangul() -> None:
    assert lexicon("ko").silent("nothing to hear")
    assert not lexicon("ko").silent("but 죽")
    assert not lexicon("en").silent("나")
