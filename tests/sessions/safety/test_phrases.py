"""The notation of phrases, and where they are found."""

import pytest

from sessions.safety.phrases import Index, Span, compile_phrase


def index_of(*phrases: str, unskipped: str = "", **classes: str) -> Index:
    index = Index(unskipped=frozenset(unskipped.split()))
    words = {name: frozenset(listed.split()) for name, listed in classes.items()}
    for phrase in phrases:
        index.add(phrase, compile_phrase(phrase, split=str.split, classes=words))
    return index


def found(phrase: str, text: str, *, unskipped: str = "", **classes: str) -> list[tuple[int, int]]:
    spans = index_of(phrase, unskipped=unskipped, **classes).find(text.split())
    return [(span.start, span.end) for span in spans]


def test_a_phrase_is_found_where_it_stands() -> None:
    assert index_of("b c").find(["a", "b", "c"]) == [Span("b c", 1, 3)]
    assert found("b c", "c b") == []


@pytest.mark.parametrize(
    ("phrase", "text", "hit"),
    [
        ("a|b c", "b c", True),
        ("(a|b c) d", "b c d", True),
        ("(a|b c) d", "b d", False),
        ("a (b)? c", "a c", True),
        ("a (b x|y)? c", "a b x c", True),
        ("a b? c", "a c", True),
        ("(a|b (c|d e)) f", "b d e f", True),
        ("(a)? b", "b", True),
        ("a .. b", "a x x b", True),
        ("a .. b", "a x x x b", False),
        ("a ... b", "a x x x x x b", True),
        ("a .. b", "a . b", False),
        ("@sea .. rise", "waves will rise", True),
    ],
)
def test_the_notation_means_what_it_says(phrase: str, text: str, *, hit: bool) -> None:
    assert bool(found(phrase, text, sea="wave waves")) is hit


def test_a_gap_skips_no_negation() -> None:
    assert found("am .. sad", "am not sad") == [(0, 3)]
    assert found("am .. sad", "am not sad", unskipped="not") == []


def test_a_blank_in_front_asks_for_the_beginning_of_a_word() -> None:
    index = Index()
    index.add("x", compile_phrase("_x", split=lambda text: text.replace("_", " "), classes={}))
    assert [span.start for span in index.find([" ", "x", "x"])] == [1]


def test_units_of_all_phrases_are_known() -> None:
    assert index_of("a (b|c d)", "@e f|g", e="e").units == set("abcdefg")


@pytest.mark.parametrize("phrase", ["", ".. a", "a?", "(a)?", "(a|.. b) c"])
def test_a_phrase_that_could_begin_anywhere_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="a phrase"):
        index_of(phrase)


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(KeyError):
        index_of("@missing a")
