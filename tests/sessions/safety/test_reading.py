"""How disguised spelling is undone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.safety.reading import Speller, plain, syllables

SPELLER = Speller(
    expand={"kms": ("kill", "myself"), "im": ("i", "am"), "killmyself": ("kill", "myself")},
    hidden=("suicide", "die", "kill"),
    single={"suicide": "suicide", "die": "die", "kil": "kill"},
    known=frozenset({"die", "kill", "suicide", "too"}),
)


def words(text: str) -> str:
    return " ".join(SPELLER.words(plain(text)))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("KMS", "kill myself"),
        ("I\u2019m", "i'm"),
        ("d1e", "die"),
        ("$u1c1d3", "suicide"),
        ("k i l l m y s e l f", "kill myself"),
        ("d.i.e", "die"),
        ("s*icide", "suicide"),
        ("*", ""),
        ("**wow**", "wow"),
        ("dieeee", "die"),
        ("killlll", "kill"),
        ("diie", "die"),
        ("suïcide", "suicide"),
        ("\uff44\uff49\uff45", "die"),
        ("dіе", "die"),
        ("di\u200be", "die"),
        ("die!!", "die ."),
        ("it's", "it is"),
        ("yes, no; (well)", "yes , no , , well ,"),
        ('"hi"', '" hi "'),
        ("at 7 pm", "at 7 pm"),
        ("too", "too"),
    ],
)
def test_disguised_words_are_read(written: str, read: str) -> None:
    assert words(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("죽고 싶어", " 죽고 싶어"),
        ("죽 고 싶 어", " 죽고싶어"),
        ("자.살", " 자살"),
        ("자1살", " 자살"),
        ("ㅈㅏㅅㅏㄹ", " 자살"),
        ("ㅋㅋ", " ㅋㅋ"),
        ("가. 나", " 가.  나"),
        ("가, 나", " 가,  나"),
        ("ok 가", " ok 가"),
    ],
)
def test_disguised_syllables_are_read(written: str, read: str) -> None:
    assert "".join(syllables(plain(written))).replace("  ", " ") == read.replace("  ", " ")


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=20))
def test_decomposed_hangul_reads_like_composed(text: str) -> None:
    assert plain(unicodedata.normalize("NFD", text)) == text


@given(st.text(max_size=200))
def test_plain_text_stays_as_it_is_when_read_again(text: str) -> None:
    assert plain(plain(plain(text))) == plain(plain(text))
