"""A conversation in which what the user has corrected by hand stands as they put it."""

import re
from collections.abc import Iterable

from msgspec import Struct, structs

from sessions.conversation import Conversation, Note, PastTurn, Remembered, Summary
from sessions.notes import extract
from sessions.notes.clauses import clauses, has_hangul, prose, sentences
from sessions.notes.english import WHEN

from .extract import from_user
from .extract.slots import EVENT_EN, EVENT_KO, event_slot, event_slots
from .likeness import fold, likeness, tokens, unstamped
from .noting import notes_of

__all__ = ["put_right"]

# They are of whoever tells it, and not of what is told.
_OWN = frozenset({"name", "feeling"})
# A sentence that was shortened is no shorter than this.
_CUT = 100
_ALIKE = 0.5
_DAY = re.compile(WHEN, re.IGNORECASE)
_STEPS = {"commitment": "step"}


class _Wrong(Struct, frozen=True, kw_only=True):
    """What was said before, and is no longer so: sentences and notes, folded, and events.

    `newer` are the turns after the correction: what they say holds. A text without any of the
    `marks` says none of it.
    """

    sentences: frozenset[str]
    notes: frozenset[tuple[str, str]]
    events: frozenset[str]
    marks: frozenset[str]
    newer: frozenset[str]

    def has(self, note: Note, by: Remembered) -> bool:
        """Tell whether a note says what `by` has corrected."""
        kind = _STEPS.get(by.kind, by.kind)
        if note.turn_id in self.newer or note.turn_id == by.id:
            return False
        if (note.kind, fold(note.text)) in self.notes:
            return True
        if note.kind != kind:
            return False
        return (
            note.kind == "name"
            or (note.turn_id in by.turns and not self.sentences)
            or (note.kind == "step" and note.turn_id in by.turns)
            or (note.kind == "deadline" and event_slot(note.text) in self.events)
        )

    def may(self, text: str) -> bool:
        """Tell whether a text could say it again; cheap, for whole conversations are asked."""
        low = text.casefold()
        return any(mark in low for mark in self.marks)

    def tells(self, sentence: str) -> bool:
        """Tell whether a sentence says it again."""
        said = fold(sentence)
        if any(_repeats(said, each) for each in self.sentences):
            return True
        if any(_names(said, text) for _, text in self.notes):
            return True
        if not self._may_date(sentence):
            return False
        return any(
            note.kind == "deadline" and event_slot(note.text) in self.events
            for note in extract(sentence, "")
        )

    def _may_date(self, sentence: str) -> bool:
        """Tell whether a sentence names one of the events and a day; cheap, like `may`."""
        if not self.events or not (has_hangul(sentence) or _DAY.search(sentence)):
            return False
        return not self.events.isdisjoint(event_slots(sentence))


def put_right(talk: Conversation, remembered: Iterable[Remembered]) -> Conversation:
    """Return a conversation as if what was corrected had been told so to begin with.

    Notes, summary and the turns themselves; what the user said after a correction holds.
    """
    for each in remembered:
        if each.corrected and each.own:
            wrong = _wrong(talk.recent, talk.summary.notes, each)
            talk = structs.replace(
                talk,
                summary=_summary(talk.summary, wrong, each),
                recent=tuple(_turn(turn, wrong, each) for turn in talk.recent),
            )
    return talk


def _wrong(turns: tuple[PastTurn, ...], noted: tuple[Note, ...], by: Remembered) -> _Wrong:
    said = [
        sentence
        for turn in turns
        if turn.turn_id in by.turns
        for sentence in _telling(sentences(prose(turn.user_text)), by)
    ]
    notes = [
        note
        for sentence in said
        for clause in _telling(clauses(sentence), by) or [sentence]
        for note in extract(clause, "")
        if note.kind == by.kind or note.kind not in _OWN
    ]
    notes += [note for note in noted if note.kind == by.kind == "name" and note.turn_id != by.id]
    right = {(note.kind, fold(note.text)) for note in (*notes_of(by), *_beside(by))}
    named = (unstamped(by.text), *said) if by.kind == "deadline" else ()
    wrong = frozenset((note.kind, fold(note.text)) for note in notes) - right
    folded = frozenset(map(fold, said))
    events = [EVENT_EN.search(each) or EVENT_KO.search(each) for each in named]
    return _Wrong(
        sentences=folded,
        notes=wrong,
        events=frozenset(filter(None, map(event_slot, named))),
        marks=frozenset(
            (
                *(max(each.split(), key=len, default="") for each in folded),
                *(max(text.split(), key=len, default="") for _, text in wrong),
                *(each["event"].casefold() for each in events if each is not None),
            )
        ),
        newer=frozenset(turn.turn_id for turn in turns if turn.at > by.at),
    )


def _repeats(said: str, sentence: str) -> bool:
    """Tell whether a sentence quotes another, or is the beginning of it."""
    cut = len(said) > _CUT and sentence.startswith(said)
    return cut or f" {sentence} " in f" {said} "


def _names(said: str, words: str) -> bool:
    """Tell whether a sentence has these words, in Korean with any particle after them."""
    end = "" if has_hangul(words[-1:]) else " "
    return f" {words}{end}" in f" {said} "


def _telling(parts: Iterable[str], by: Remembered) -> list[str]:
    """Return the parts of a text that tell what was corrected: of several those most like it."""
    told = [each for each in parts if _tells(each, by)]
    return [each for each in told if len(told) == 1 or _alike(each, by)] or told


def _alike(part: str, by: Remembered) -> bool:
    event = event_slot(part)
    if event and by.kind == "deadline":
        return event == event_slot(by.text)
    return likeness(tokens(part), tokens(by.text)) >= _ALIKE


def _tells(sentence: str, by: Remembered) -> bool:
    found = {each.kind for each in from_user(sentence, today=by.at.date()).found}
    return by.kind in found or by.kind in {note.kind for note in extract(sentence, "")}


def _summary(summary: Summary, wrong: _Wrong, by: Remembered) -> Summary:
    return structs.replace(
        summary,
        text=_lines(summary.text, wrong, by),
        pending=tuple(_line(each, wrong, by) for each in summary.pending),
        told=_lines(summary.told, wrong, by),
        notes=_noted(summary.notes, wrong, by, (*notes_of(by), *_beside(by))),
        steps=_noted(summary.steps, wrong, by, _steps_of(by)),
    )


def _beside(by: Remembered) -> tuple[Note, ...]:
    """Return what the words of a correction say beside what they are about."""
    return tuple(
        note for note in extract(by.text, by.id) if note.kind != by.kind and note.kind not in _OWN
    )


def _steps_of(by: Remembered) -> tuple[Note, ...]:
    if by.kind != "commitment":
        return ()
    return (Note(kind="step", text=unstamped(by.text), turn_id=by.id),)


def _noted(
    notes: tuple[Note, ...], wrong: _Wrong, by: Remembered, right: tuple[Note, ...]
) -> tuple[Note, ...]:
    """Return notes with what is right in the place of the last that is wrong."""
    places = [place for place, note in enumerate(notes) if wrong.has(note, by)]
    if not places:
        return notes
    lost = {by.kind, *(notes[place].kind for place in places)}
    right = tuple(structs.replace(each, stated=True) for each in right if each.kind in lost)
    same = {fold(each.text) for each in right}
    kept: list[Note] = []
    for place, note in enumerate(notes):
        if place == places[-1]:
            kept += right
        elif place not in places and fold(note.text) not in same:
            kept.append(note)
    return tuple(kept)


def _lines(text: str, wrong: _Wrong, by: Remembered) -> str:
    return "\n".join(_line(each, wrong, by) for each in text.splitlines())


def _line(line: str, wrong: _Wrong, by: Remembered) -> str:
    number, dot, words = line.partition(". ")
    if not (dot and number.isdecimal()):
        number, dot, words = "", "", line
    return f"{number}{dot}{_said(by)}" if words and wrong.tells(words) else line


def _turn(turn: PastTurn, wrong: _Wrong, by: Remembered) -> PastTurn:
    if turn.turn_id in wrong.newer:
        return turn
    return structs.replace(
        turn,
        user_text=_without(turn.user_text, wrong, _said(by)),
        answer="\n".join(_without(line, wrong, "") for line in turn.answer.split("\n")),
    )


def _without(text: str, wrong: _Wrong, right: str) -> str:
    """Return a text with `right` once in the place of the sentences that are wrong."""
    if not wrong.may(text):
        return text
    said = sentences(text)
    kept = [right if wrong.may(each) and wrong.tells(each) else each for each in said]
    if kept == said:
        return text
    return " ".join(filter(None, dict.fromkeys(kept)))


def _said(by: Remembered) -> str:
    words = unstamped(by.text)
    return words if words.endswith((".", "!", "?")) else f"{words}."
