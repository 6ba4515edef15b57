"""The authored moves: complete in both languages, and each kind keeps to its job."""

import re
from collections.abc import Iterator

import pytest

from sessions.llm.offline.beats import ASKS, MAKERS
from sessions.llm.offline.book import Book, load_book
from sessions.llm.offline.korean import PAIRS, attach
from sessions.llm.offline.plans import REACTIONS, TALK
from sessions.llm.offline.writer import SLOT, Writer

SLOTS = {
    *("said", "Said", "also", "quote", "echo", "figure", "goal", "to_goal", "obstacle", "tried"),
    *(
        "felt",
        "feeling",
        "person",
        "again",
        "often",
        "Person_",
        "mentions",
        "name",
        "event",
        "event_day",
        "event_since",
        "keeper",
        "promised",
        "dated",
        "before",
        "topic",
    ),
    *(
        "count",
        "many",
        "few",
        "mentor",
        "how",
        "choice",
        "idea",
        "step",
        "older",
        "about",
        "job",
        "pledge",
        "vow",
        "coming",
    ),
    *("kin", "called", "known", "goals", "days", "around", "told"),
    *("piece", "Piece", "value", "Value", "matter"),
    *("About", "found", "advice", "obstacles", "attempts", "people", "dates", "moods", "first"),
}
QUESTIONS = re.compile(
    r"(?:^|_)(?:ease\w*|brings|ask|dig|either|choose|when|check|review|after_bad|open|back)(?:$|_none$)"
)
SHARED = {"name", "guess"}
# Only languages that are neither English nor Korean need these, and they are answered in English.
ENGLISH_ALONE = {"foreign", "foreign_ask"}
HANGUL = re.compile(r"[가-힣]")


def moves(book: Book) -> Iterator[tuple[str, str]]:
    for table in (book.common, *book.personas.values(), *book.topics.values()):
        for move, lines in table.items():
            for line in lines:
                yield move, line


@pytest.fixture(params=["en", "ko"])
def book(request: pytest.FixtureRequest) -> Book:
    return load_book(request.param)


def test_every_slot_can_be_filled_and_every_particle_exists(book: Book) -> None:
    for move, line in moves(book):
        for match in SLOT.finditer(line):
            assert match[1] in SLOTS, (move, line)
            assert not match[2] or match[2] in PAIRS or match[2] in ("에", "도", "까지"), line


def test_only_question_moves_ask_and_they_ask_once(book: Book) -> None:
    for move, line in moves(book):
        bare = re.sub(r"“[^”]*”", "", line)
        asked = bare.count("?")
        assert asked == 0 or QUESTIONS.search(move), (move, line)
        assert asked <= 1, (move, line)


def test_no_line_stands_twice_in_a_language(book: Book) -> None:
    fixed = [line for move, line in moves(book) if move not in SHARED and "{" not in line]
    assert len(fixed) == len(set(fixed))


def test_every_line_ends_like_a_sentence(book: Book) -> None:
    for move, line in moves(book):
        if move not in ("name", "rest_open") and not move.startswith("sum_"):
            assert re.search(r"[.!?”}]$", line), (move, line)


def test_the_books_have_the_same_moves() -> None:
    english, korean = load_book("en"), load_book("ko")
    assert set(english.common) - ENGLISH_ALONE == set(korean.common)
    assert set(english.topics) == set(korean.topics) == set(english.words) == set(korean.words)
    for topic, table in english.topics.items():
        assert set(table) == set(korean.topics[topic])
    for persona, table in english.personas.items():
        assert set(table) == set(korean.personas[persona])
        assert set(english.shapes[persona]) == set(korean.shapes[persona])


def test_korean_is_korean_and_english_is_english() -> None:
    assert all(
        HANGUL.search(SLOT.sub("", line)) or "{" in line for _, line in moves(load_book("ko"))
    )
    assert not any(HANGUL.search(line) for _, line in moves(load_book("en")))


def test_every_beat_of_a_shape_or_plan_exists(book: Book) -> None:
    known = {*MAKERS, *(move for move, _ in moves(book))}
    shapes = [line for shape in book.shapes.values() for lines in shape.values() for line in lines]
    for line in (*shapes, *(line for plan in TALK.values() for line in plan)):
        assert set(re.findall(r"\{(\w+)\}", line)) <= known | ENGLISH_ALONE
    assert {*REACTIONS.values(), *ASKS.values()} <= known


def test_every_shape_has_every_phase(book: Book) -> None:
    for shape in book.shapes.values():
        assert set(shape) == {*ASKS, "brief"}


def test_topics_have_enough_to_say(book: Book) -> None:
    for table in book.topics.values():
        for move, least in {"ask": 4, "dig": 5, "idea": 5, "step": 4, "check": 2}.items():
            assert len(table[move]) >= least


# Short and odd words for slots, one set after the other.
ODD = {
    "en": (
        {"goal": "a promotion", "to_goal": "to get a promotion", "person": "Jo", "echo": "8"},
        {"goal": "be a nurse", "to_goal": "to be a nurse", "person": "your boss", "echo": "ok"},
    ),
    "ko": (
        {"goal": "이직", "obstacle": "시간이 없어요", "tried": "말해 봤어요", "person": "형"},
        {"goal": "마라톤 완주하기", "obstacle": "안 돼요", "tried": "써 봤다", "person": "PM"},
    ),
}
BROKEN = {
    "en": re.compile(
        r"\b(?:of|in|with|give|for|at|the|an?) to (?:get|be)\b|\b(?:your|the|an?) (?:your|the)\b"
        r"|\ban? (?:ok|8)\b|\bthe (?:ok|8)\b",
        re.IGNORECASE,
    ),
    "ko": re.compile(r"[요다]”(?:이에요|예요|이네요|은|는|을|를)(?![가-힣])|형(?:가|를|는|와)\b"),
}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_sentence_breaks_on_short_or_odd_words(language: str) -> None:
    for move, line in moves(load_book(language)):
        for words in ODD[language]:
            slots = {match[1] for match in SLOT.finditer(line)}
            if slots & words.keys() and slots <= words.keys():
                said = Writer((), words, seed="s", attach=attach).fill(line) or ""
                assert not BROKEN[language].search(said), (move, said)
