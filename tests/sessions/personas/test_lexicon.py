"""Finding phrases."""

from hypothesis import given
from hypothesis import strategies as st

from sessions.personas.lexicon import Entry, Lexicon, graded, normalise


def lexicon(*phrases: str) -> Lexicon:
    return Lexicon([Entry(label="a/x", phrase=phrase, weight=1.0) for phrase in phrases])


def found(index: Lexicon, text: str) -> list[str]:
    return [hit.entry.phrase for hit in index.find(normalise(text))]


def test_words_match_whole() -> None:
    assert found(lexicon("cat"), "the cat, not a catalogue") == ["cat"]


def test_a_star_stands_for_any_ending() -> None:
    assert found(lexicon("worr*"), "worry worried war") == ["worr*", "worr*"]


def test_phrases_cross_curly_apostrophes_and_case() -> None:
    assert found(lexicon("can't sleep"), "I CAN’T SLEEP") == ["can't sleep"]


def test_a_longer_phrase_hides_a_shorter_one_of_its_group() -> None:
    assert found(lexicon("working", "not working"), "it is not working") == ["not working"]


def test_the_same_words_may_speak_for_two_labels() -> None:
    entries = [Entry(label=f"a/{name}", phrase="lost", weight=1.0) for name in ("x", "y")]
    assert len(Lexicon(entries).find(normalise("lost"))) == 2


def test_a_korean_stem_begins_a_word_unless_it_says_otherwise() -> None:
    assert found(lexicon("화나"), "전화나 할까") == []
    assert found(lexicon("화나"), "화나요") == ["화나"]
    assert found(lexicon("~불안"), "시험불안") == ["~불안"]


def test_marks_are_found_between_anything() -> None:
    assert found(lexicon("!!", "😂"), "no!!😂") == ["!!", "😂"]


def test_an_empty_lexicon_finds_nothing() -> None:
    assert found(lexicon(), "anything ?") == []


def test_grades_become_weights() -> None:
    entries = graded({"x": {"strong": ["a"], "slight": ["b"]}}, "tone")
    assert [(one.label, one.phrase) for one in entries] == [("tone/x", "a"), ("tone/x", "b")]
    assert entries[0].weight > entries[1].weight


@given(st.text(max_size=200))
def test_hits_lie_inside_the_text(text: str) -> None:
    normal = normalise(text)
    index = lexicon("a", "no *", "!", "가", "~나", "re*")
    for hit in index.find(normal):
        assert 0 <= hit.start < hit.end <= len(normal)
