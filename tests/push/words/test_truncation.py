"""Texts cut to bytes, in scripts that join their signs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import iter_graphemes

from push.words import truncated

# joined and toned emoji, flags, Hangul letters, Indic conjuncts, marks, right to left, CR LF
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
JOINED = [FAMILY, "👍🏽", "🇰🇷", "🇺", "각", "\u1100\u1161\u11a8", "क्षि", "e\u0301\u0323"]
PIECES = st.sampled_from([*JOINED, "é", "שלום", "مرحبا", "漢", " ", "\r\n", "a"])
TEXTS = st.lists(PIECES | st.characters(codec="utf-8"), max_size=60).map("".join)


@given(TEXTS, st.integers(0, 200))
def test_b7_a_text_fits_and_is_cut_between_characters(text: str, most: int) -> None:
    cut = truncated(text, most)
    assert len(cut.encode()) <= most
    if len(text.encode()) <= most:
        assert cut == text
    elif cut:
        assert cut.endswith("…")
        clusters = list(iter_graphemes(text))
        starts = {"".join(clusters[:count]).rstrip() for count in range(len(clusters))}
        assert cut[:-1] in starts


@given(TEXTS, st.integers(3, 200))
def test_b7_no_more_is_cut_than_must_be(text: str, most: int) -> None:
    cut = truncated(text, most)
    if cut != text:
        clusters = list(iter_graphemes(text))
        whole = [count for count in range(len(clusters)) if _size(clusters[:count]) <= most - 3]
        assert cut[:-1] == "".join(clusters[: whole[-1]]).rstrip()


def _size(clusters: list[str]) -> int:
    return len("".join(clusters).encode())


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("hello", 5, "hello"),
        ("hello world", 9, "hello…"),
        (FAMILY + "!", 25, "…"),
        ("a" + FAMILY + "!", 26, "a…"),
        (FAMILY + "five", 28, FAMILY + "…"),
        ("🇰🇷🇺🇸", 12, "🇰🇷…"),
        ("한글날", 8, "한…"),
        ("abc", 2, ""),
        ("", 0, ""),
    ],
)
def test_b7_a_text_is_cut(text: str, most: int, cut: str) -> None:
    assert truncated(text, most) == cut
