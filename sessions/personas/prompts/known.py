"""What is known of the user: memories, notes of this session, and how they like answers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from sessions.conversation import Note
from sessions.profiles.preferences import Preferences

__all__ = ["Known", "note_lines", "preference_lines"]


class Known(Struct, frozen=True, kw_only=True):
    """What outlives a session; `memories` are plain sentences, the most relevant one first."""

    memories: tuple[str, ...] = ()
    preferences: Preferences = Preferences()


def note_lines(
    notes: Sequence[Note], kinds: Sequence[str], words: Mapping[str, Any]
) -> Iterator[str]:
    """Yield each different note: the kinds that come first in `kinds`, of a kind the newest."""
    rank = {kind: place for place, kind in enumerate(kinds)}
    ordered = list(reversed(notes))
    ordered.sort(key=lambda note: rank.get(note.kind, len(rank)))
    lines = (f"{words['kinds'].get(note.kind, note.kind)}: {note.text}" for note in ordered)
    yield from dict.fromkeys(lines)


def preference_lines(preferences: Preferences, words: Mapping[str, Any]) -> list[str]:
    """Return what to do about each preference that is known."""
    liked = (preferences.length, preferences.structure, preferences.pace)
    return [words["preferences"][each] for each in liked if each is not None]
