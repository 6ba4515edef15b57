"""Notes of one message."""

from collections.abc import Iterator

from sessions.conversation import Note
from sessions.notes import english, korean
from sessions.notes.clauses import has_hangul, prose, sentences
from sessions.notes.injected import uninjected

__all__ = ["extract"]

MOST = 12


def extract(text: str, turn_id: str) -> tuple[Note, ...]:
    """Return what the user said of name, goal, obstacle, deadline, person, feeling and tried.

    Texts are the user's own words, cut to a clause: English in the first person as written,
    a Korean goal as a noun phrase (`이직하기`), a Korean feeling as a noun (`불안`). At most 12.
    """
    found: dict[tuple[str, str], Note] = {}
    for kind, words, stated in _found(prose(text)):
        if len(found) < MOST:
            note = Note(kind=kind, text=words, turn_id=turn_id, stated=stated)
            found.setdefault((kind, words.casefold()), note)
    return tuple(found.values())


def _found(text: str) -> Iterator[tuple[str, str, bool]]:
    meant = uninjected(text)
    name = english.read_name(meant) or korean.read_name(meant)
    if name is not None:
        yield "name", name, False
    for sentence in sentences(meant):
        reader = korean if has_hangul(sentence) else english
        yield from reader.read(sentence)
