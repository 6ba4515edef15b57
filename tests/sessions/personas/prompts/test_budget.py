"""What goes into a budget, and where a text is cut when nothing else helps."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.personas.prompts.budget import fit, fit_lines, fit_story
from sessions.personas.prompts.graphemes import boundary
from sessions.tokens import estimate_tokens

WHOLE = ["👩‍💻", "👍🏽", "🇰🇷", "e\u0301", "각", "\u1100\u1161\u11a8", "❤️", "\r\n", "a", "क्षि"]


@settings(deadline=None)
@given(st.text(max_size=400), st.integers(min_value=3, max_value=80))
def test_a_cut_text_fits_and_keeps_both_ends(text: str, budget: int) -> None:
    found = fit(text, budget)
    assert estimate_tokens(found) <= budget
    if estimate_tokens(text) <= budget:
        assert found == text
    else:
        start, _, end = found.partition(" […] ")
        assert text.startswith(start)
        assert text.endswith(end)


@settings(deadline=None)
@given(st.lists(st.sampled_from(WHOLE), max_size=80), st.integers(min_value=3, max_value=40))
def test_a_cut_breaks_no_grapheme(graphemes: list[str], budget: int) -> None:
    text = "".join(graphemes)
    start, cut, end = fit(text, budget).partition(" […] ")
    if not cut:
        return
    edges = {0}
    for each in graphemes:
        edges.add(max(edges) + len(each))
    assert len(start) in edges
    assert len(text) - len(end) in edges


def test_a_place_inside_no_grapheme_stays() -> None:
    assert boundary("hello", 3) == 3
    assert boundary("a👩‍💻b", 3) == 1
    assert boundary("a👩‍💻b", 3, later=True) == 4
    assert boundary("🇰🇷🇯🇵", 3) == 2
    assert boundary("", 0) == 0


def test_an_endless_grapheme_is_cut_all_the_same() -> None:
    tower = "a" + "\u0301" * 500
    assert unicodedata.combining(tower[1])
    assert boundary(tower, 300) == 300


def test_lines_that_do_not_fit_are_left_out() -> None:
    assert fit_lines(["one", "a line that is far too long " * 9, "two"], 6) == ["one", "two"]


@pytest.mark.parametrize(
    ("budget", "kept"),
    [(100, "abcdef"), (10, "acdef"), (4, "af"), (3, "a")],
)
def test_a_story_keeps_its_beginning_and_what_is_new(budget: int, kept: str) -> None:
    assert fit_story(list("abcdef"), budget) == list(kept)


def test_a_story_of_one_endless_line_is_cut() -> None:
    assert fit_story([], 10) == []
    (line,) = fit_story(["so it went on and on " * 50], 20)
    assert line.startswith("so it went")
    assert estimate_tokens(line) < 20
