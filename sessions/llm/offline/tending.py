"""The parts of an answer that only hears somebody: no step, no template, at most one question."""

from collections.abc import Callable, Mapping

from sessions.llm.offline.care import MILD
from sessions.llm.offline.reading import Turn

__all__ = ["SHAPES", "TENDING"]

# Line by line, by manner.
SHAPES: Mapping[str, tuple[str, ...]] = {
    "wish": ("{care_kind} {care_hear}",),
    "listen": ("{care_hear} {care_seldom}",),
    "unasked": ("{care_hear}",),
    "quiet": ("{met} {care_hear} {care_quiet}",),
    "after": ("{care_hear}", "", "{care_ask}"),
    "hush": ("{care_hush}",),
    "heavy": ("{met} {care_said} {care_hear}", "", "{care_ask}"),
    "stay": ("{care_hear}", "", "{care_ask}"),
    "way": ("{care_way}", "", "{care_ask}"),
    "glad": ("{care_plain} {care_more}", "", "{care_ask}"),
    "small": ("{met} {care_hear}", "", "{care_ask}"),
    "joy": ("{met} {care_hear} {care_more}", "", "{care_ask}"),
}
TOLD = ("tell", "no", "why", "progress_bad")


def _lines(turn: Turn, kind: str, move: str) -> tuple[str, ...]:
    return turn.book.care.get(kind, {}).get(move, ())


def _talk(turn: Turn, move: str) -> tuple[str, ...]:
    return turn.book.care["talk"][move]


def _hear(turn: Turn) -> str | None:
    manner, kind = turn.care.manner, turn.care.kind
    said = turn.act.name in TOLD and "said" in turn.facts.fillers
    if manner == "wish":
        return turn.writer.pick(_lines(turn, "wish", "hear"), _talk(turn, "listen"))
    if manner == "after":
        return turn.writer.pick(
            _lines(turn, kind, "hear"), _lines(turn, "after", "hear"), _talk(turn, "stay")
        )
    if manner == "stay" and turn.piece is not None and (told := turn.pick("on_piece", again=True)):
        return told
    mode = "listen" if manner in ("listen", "unasked") else "stay"
    spoken = (_talk(turn, f"{mode}_said"),) if said else ()
    own = () if manner == "stay" else (_lines(turn, kind, "hear"),)
    return turn.writer.pick(*own, *spoken, _talk(turn, mode), _talk(turn, "listen"), again=True)


def _quiet(turn: Turn) -> str | None:
    return turn.writer.pick(_talk(turn, "listen"), again=True)


def _kind(turn: Turn) -> str | None:
    """Take up the news that came together with the wish to be heard."""
    return turn.writer.pick(_lines(turn, turn.care.kind, "hear"))


def _said(turn: Turn) -> str | None:
    """Say back what somebody told at some length; a grave word needs no echo."""
    long = len(turn.text.split()) > len(turn.facts.fillers.get("said", "").split()) + 2
    if turn.care.kind not in MILD or not long or turn.language == "ko":
        return None
    return turn.writer.pick(turn.book.common["said_plain"], again=True)


def _ask(turn: Turn) -> str | None:
    kind, manner = turn.care.kind, turn.care.manner
    if manner == "after":
        own = _lines(turn, kind, "ask")
        # What was just told is not asked about in general words.
        return turn.writer.pick(own, _lines(turn, "after", "ask") if kind == "after" else ())
    rest = (
        ()
        if manner in ("joy", "glad", "small")
        else (_talk(turn, "stay_ask"), _talk(turn, "listen_ask"))
    )
    return turn.writer.pick(_lines(turn, kind, "ask"), *rest)


def _seldom(turn: Turn) -> str | None:
    return turn.writer.pick(_talk(turn, "listen_ask")) if turn.number % 2 else None


def _more(turn: Turn) -> str | None:
    return turn.writer.pick(_talk(turn, "joy_more"))


def _way(turn: Turn) -> str | None:
    return turn.writer.pick(_lines(turn, turn.care.kind, "way"), _talk(turn, "stay"))


def _plain(turn: Turn) -> str | None:
    return turn.writer.pick(turn.book.common["said_plain"], again=True)


def _hush(turn: Turn) -> str | None:
    return turn.writer.pick(_talk(turn, "hush"), _talk(turn, "stay"))


TENDING: Mapping[str, Callable[[Turn], str | None]] = {
    "care_hear": _hear,
    "care_quiet": _quiet,
    "care_kind": _kind,
    "care_said": _said,
    "care_ask": _ask,
    "care_seldom": _seldom,
    "care_more": _more,
    "care_hush": _hush,
    "care_way": _way,
    "care_plain": _plain,
}
