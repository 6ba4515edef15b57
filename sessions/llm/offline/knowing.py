"""What memory has of the user, told to them: all of it in short, and the names of their people."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from sessions.conversation import Note, Remembered
from sessions.llm.offline import english
from sessions.llm.offline.korean import goal_noun
from sessions.memory.extract import english_patterns as en
from sessions.memory.extract import korean as ko
from sessions.memory.extract.rules import from_answer, from_user
from sessions.memory.likeness import unstamped
from sessions.memory.noting import notes_of
from sessions.memory.words import canonical
from sessions.notes.clauses import has_hangul, shortened

__all__ = [
    "all_of_you",
    "coming_fillers",
    "day_of",
    "job_fillers",
    "person_fillers",
    "promise_fillers",
    "you_fillers",
]

_MOST, _CHARS = 4, 90
# Of what is read anew only the words count.
_ANY_DAY = date(2000, 1, 3)
# English has one word for several of these.
_SIBLINGS = frozenset(["언니", "누나", "여동생", "오빠", "형", "남동생", "동생"])
_LINES = ("name", "goal", "date", "people", "told")
_QUOTES = "”, “"


def you_fillers(remembered: Sequence[Remembered], language: str) -> dict[str, str]:
    """Return the fillers that tell what memory has of a user, none when it has nothing."""
    own = [each for each in remembered if each.own]
    noted = {each.id: notes_of(each) for each in own}
    notes = [note for each in own for note in noted[each.id]]
    found = {
        "known": _of(notes, "name")[:1],
        "goals": [_goal(each, language) for each in _of(notes, "goal")],
        "days": _of(notes, "deadline"),
        "around": [_person(each) for each in _of(notes, "person")],
        "told": [
            shortened(unstamped(each.text), _CHARS)
            for each in own
            if each.kind != "said" and not noted[each.id]
        ],
    }
    joints = {"goals": "; ", "told": _QUOTES}
    return {
        slot: joints.get(slot, ", ").join(list(dict.fromkeys(parts))[:_MOST])
        for slot, parts in found.items()
        if parts
    }


def all_of_you(one: Callable[[str], str | None]) -> Iterator[str | None]:
    """Yield the sentences that tell what memory has, none when it has nothing."""
    if told := [said for each in _LINES if (said := one(f"me_{each}"))]:
        yield one("me_open")
        yield from (f"- {each}" for each in told)
        yield one("me_ask")


def person_fillers(
    about: str, texts: Iterable[str], notes: Iterable[Note], remembered: Iterable[Remembered]
) -> dict[str, str]:
    """Return the fillers that name somebody by their relation to the user: `sister`.

    `texts` are the user's messages, the oldest first. What memory has counts first.
    """
    kin = about.strip().casefold()
    facts = [each.text for each in remembered if each.own and each.kind == "person"]
    noted = [f"my {each.text}" for each in notes if each.kind == "person"]
    for told in (facts, list(texts)[::-1], noted[::-1]):
        names = [name for text in told for who, name in _named(text) if _same(who, kin)]
        if names:
            return {"kin": kin, "called": ", ".join(list(dict.fromkeys(names))[:_MOST])}
    return {"kin": kin}


def job_fillers(texts: Sequence[str], remembered: Iterable[Remembered]) -> dict[str, str]:
    """Return the filler that says what the user does, in their words: memory's come first.

    `texts` are the user's messages, the oldest first.
    """
    jobs = _told("role", texts, remembered)
    return {"job": shortened(jobs[0], _CHARS)} if jobs else {}


def pledge_fillers(texts: Sequence[str], remembered: Iterable[Remembered]) -> dict[str, str]:
    """Return the filler that says what the user was going to do, the newest first, in their words.

    `texts` are the user's messages, the oldest first.
    """
    pledges = [shortened(each, _CHARS) for each in _told("commitment", texts, remembered)]
    return {"pledge": _QUOTES.join(list(dict.fromkeys(pledges))[:_MOST])} if pledges else {}


def _told(kind: str, texts: Sequence[str], remembered: Iterable[Remembered]) -> list[str]:
    """Return the facts of a kind in the user's words: memory's, then those of the newest texts."""
    known = [unstamped(each.text) for each in remembered if each.own and each.kind == kind]
    heard = (from_user(text, today=_ANY_DAY).found for text in reversed(texts))
    return [*known, *(each.text for found in heard for each in found if each.kind == kind)]


def promise_fillers(answers: Sequence[str], remembered: Iterable[Remembered]) -> dict[str, str]:
    """Return the filler that says what mentors promised: what memory has, and `answers` here."""
    told = [each.text for each in remembered if each.kind == "promise"]
    told += [
        found.text for text in reversed(answers) for found in from_answer(text, today=_ANY_DAY)
    ]
    vows = list(dict.fromkeys(shortened(each, 2 * _CHARS) for each in told))[:_MOST]
    return {"vow": _QUOTES.join(vows)} if vows else {}


def coming_fillers(notes: Iterable[Note], remembered: Iterable[Remembered]) -> dict[str, str]:
    """Return the filler that names what is to come: memory's days, or else this conversation's."""
    own = [each for each in remembered if each.own and each.kind == "deadline"]
    days = [day_of(each) for each in own] or _of(notes, "deadline")
    return {"coming": ", ".join(list(dict.fromkeys(days))[:_MOST])} if days else {}


def day_of(fact: Remembered) -> str:
    """Return what a date is for and its day, or the user's words where they name no event."""
    noted = _of(notes_of(fact), "deadline")
    return noted[0] if noted else f"“{shortened(fact.text, _CHARS)}”"


def _named(text: str) -> Iterator[tuple[str, str]]:
    """Yield who is named in a text: relation and name."""
    for pattern in (en.PERSON, en.CALLED, en.NAMED_FIRST, en.SMALL_NAME):
        for match in pattern.finditer(text):
            if match["name"].casefold() not in en.NO_NAME:
                yield match["who"], match["name"].title()
    yield from ko.people(text)
    who, _, name = text.removeprefix("my ").rpartition(" ")
    if who and has_hangul(text) and text.startswith("my "):
        yield who, name


def _same(who: str, kin: str) -> bool:
    if who in _SIBLINGS and kin in _SIBLINGS:
        return who == kin or (kin == "동생" and who in ("여동생", "남동생"))
    relation = canonical("relations", who)
    return relation == canonical("relations", kin) or relation == canonical(
        "relations", kin.rpartition(" ")[2]
    )


def _goal(text: str, language: str) -> str:
    return goal_noun(text) if language == "ko" else english.goal_phrase(text)


def _person(text: str) -> str:
    return text if has_hangul(text) or text[0].isupper() else f"your {text}"


def _of(notes: Iterable[Note], kind: str) -> list[str]:
    return [note.text for note in notes if note.kind == kind]
