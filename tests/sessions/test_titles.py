"""What a session is called after the first words in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.titles import MOST_CHARS, is_weak, title_from


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "Hi, I'm Dana. I want to switch to data science by June",
            "Switch to data science by June",
        ),
        ("안녕하세요 저는 민지예요. 6월까지 이직하고 싶은데 막막해요", "6월까지 이직하기"),
        ("Hey! Could you help me with my resume please?", "My resume"),
        ("Could you explain how TCP slow start works?", "How TCP slow start works"),
        ("My boss ignores every single proposal that I make in meetings", None),
        ("요즘 잠이 안 와요", "잠이 안 와요"),
        ("I want to die", "Talking something through"),
        ("죽고 싶어요", "마음을 나누는 이야기"),
    ],
)
def test_a_title_says_what_it_is_about(text: str, title: str | None) -> None:
    assert title_from(text) == (title or "My boss ignores every single proposal that I…")
    assert not is_weak(title_from(text))


@pytest.mark.parametrize(
    "text", ["", "hi", "Hello there!", "안녕하세요", "ok", "?", "👍", "hi, I'm Dana"]
)
def test_a_greeting_is_no_title_to_keep(text: str) -> None:
    assert is_weak(title_from(text))


@given(st.text(max_size=2_000))
def test_a_title_is_one_short_line(text: str) -> None:
    title = title_from(text)
    assert len(title) <= MOST_CHARS + 2
    assert "\n" not in title
