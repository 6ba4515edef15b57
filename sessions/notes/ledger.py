"""The list of notes: what replaces what, and how many are kept."""

from collections.abc import Iterable

from sessions.conversation import Note

__all__ = ["LIMITS", "merge"]

LIMITS = {
    "name": 1,
    "goal": 6,
    "obstacle": 10,
    "deadline": 6,
    "person": 12,
    "feeling": 6,
    "tried": 8,
}


def merge(notes: tuple[Note, ...], fresh: Iterable[Note]) -> tuple[Note, ...]:
    """Return `notes` with `fresh` after them; what is said again moves to the end.

    The newest goal is the last one, except that a mere wish stays before a stated goal. Of each
    kind at most LIMITS are kept, the oldest go first (of goals, wishes before stated ones).
    """
    kept = list(notes)
    for note in fresh:
        key = _key(note.text)
        same = (each for each in kept if each.kind == note.kind and _key(each.text) == key)
        old = next(same, None)
        if old is not None:
            kept.remove(old)
            note = note if note.stated or not old.stated else old
        _place(kept, note)
        _trim(kept, note.kind)
    return tuple(kept)


def _key(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _place(kept: list[Note], note: Note) -> None:
    goals = [index for index, each in enumerate(kept) if each.kind == "goal"]
    if note.kind == "goal" and not note.stated and goals and kept[goals[-1]].stated:
        kept.insert(goals[-1], note)
    else:
        kept.append(note)


def _trim(kept: list[Note], kind: str) -> None:
    same = [each for each in kept if each.kind == kind]
    if len(same) > LIMITS[kind]:
        wishes = [each for each in same[:-1] if not each.stated]
        kept.remove((wishes or same)[0])
