"""What is known of the user: memories, notes of this session, and how they like answers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from sessions.conversation import Note, Remembered
from sessions.llm.provider import Promises
from sessions.profiles.preferences import Preferences

from .budget import Budgets, fit, fit_lines
from .texts import texts

__all__ = ["Known", "known_of", "note_lines", "preference_lines"]

# The most of memory's budget that one message that was brought back takes, and one answer.
MESSAGE_SHARE, ANSWER_SHARE = 0.4, 0.2


class Known(Struct, frozen=True, kw_only=True):
    """What outlives a session; `memories` are plain sentences, the most relevant one first.

    `remembered` is what they are made from, for engines that are not language models; `promises`
    is what may be promised of a day that the message names. When not all could be read, it is not
    `whole`; `kept_by` is the persona that was told what is asked for and stays with it.
    """

    memories: tuple[str, ...] = ()
    preferences: Preferences = Preferences()
    remembered: tuple[Remembered, ...] = ()
    promises: Promises = "none"
    whole: bool = True
    kept_by: str = ""


def known_of(
    remembered: Sequence[Remembered],
    preferences: Preferences,
    *,
    language: str,
    names: Mapping[str, str],
    budgets: Budgets = Budgets(),  # noqa: B008 - a frozen value
    promises: Promises = "none",
    whole: bool = True,
    kept_by: str = "",
) -> Known:
    """Return what is known, with as many memories as fit into their budget.

    `names` are the personas' by id; days are told as dates, for a model knows of no "yesterday".
    """
    words = texts(language)["memory"]
    lines = {_told(each, words, names, budgets): each for each in reversed(remembered)}
    kept = _fitting({each: lines[each] for each in reversed(lines)}, budgets)
    return Known(
        memories=tuple(kept),
        preferences=preferences,
        remembered=tuple(lines[each] for each in kept),
        promises=promises,
        whole=whole,
        kept_by=kept_by,
    )


def _fitting(lines: Mapping[str, Remembered], budgets: Budgets) -> list[str]:
    """Return the lines that fit, in their order: one message first, the facts, then the rest.

    What mentors answered comes last, so that it takes no fact's place.
    """
    said = [line for line, each in lines.items() if each.kind == "said" and each.own]
    facts = [line for line, each in lines.items() if each.kind != "said"]
    order = dict.fromkeys([*said[:1], *facts, *said[1:], *lines])
    kept = set(fit_lines(order, budgets.memory, budgets.count))
    return [each for each in lines if each in kept]


def _told(
    each: Remembered, words: Mapping[str, str], names: Mapping[str, str], budgets: Budgets
) -> str:
    said = "told" if each.kind != "promise" and each.own else "answered"
    form = words["promised" if each.kind == "promise" else "corrected" if each.corrected else said]
    text = " ".join(each.text.split())
    if each.kind == "said":
        share = MESSAGE_SHARE if each.own else ANSWER_SHARE
        text = fit(text, int(budgets.memory * share), budgets.count)
    return form.format(day=each.at.date(), name=names.get(each.persona, each.persona), text=text)


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
