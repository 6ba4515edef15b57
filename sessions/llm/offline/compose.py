"""Composes one answer: what the message does decides the plan, the persona its shape."""

import re
from collections.abc import Mapping, Sequence
from itertools import count

from sessions.llm.offline.beats import beat, is_short
from sessions.llm.offline.plans import BRIEF, TALK
from sessions.llm.offline.reading import Turn, read_turn
from sessions.llm.offline.recall import RECALLS, recall
from sessions.llm.offline.tending import SHAPES
from sessions.llm.provider import Prompt

__all__ = ["compose"]

BEAT = re.compile(r"\{(\w+)\}")
LABELLED = re.compile(r"(\*\*[^*\n]+\*\* [“]?)(\w)")
NUMBERED = re.compile(r"^#\)", re.MULTILINE)
_REMINDS = ("remind", "remind_private", "remind_today")


def compose(prompt: Prompt) -> str:
    """Return the answer to `prompt`: never empty, and no sentence of it was said before.

    The same prompt always gives the same answer. Takes one to two milliseconds.
    """
    turn = read_turn(prompt)
    answer = _answer(turn) or _last_resort(turn)
    said = [each for each in (_kept(turn), answer, _promise(turn)) if each]
    return "\n\n".join(said)


def _kept(turn: Turn) -> str | None:
    """Ask what was promised to be asked, before anything else: a greeting does so itself."""
    mild = not (turn.facts.heavy or turn.care.kind or turn.care.manner)
    return turn.pick("kept_ask") if mild and turn.act.name != "greeting" else None


def _promise(turn: Turn) -> str | None:
    grave = turn.care.kind or turn.care.manner
    # who asks to be reminded is told what comes of that
    settled = turn.act.name in RECALLS or turn.act.name in _REMINDS
    return None if grave or settled else turn.pick("promise")


def _answer(turn: Turn) -> str:
    asked = [act.name for act in turn.acts if act.name in RECALLS]
    if turn.care.manner in SHAPES:
        return _laid_out(turn, SHAPES[turn.care.manner])
    if asked:
        told = (recall(act, turn.writer, turn.book, whole=turn.whole) for act in asked)
        return _joined([said for each in told for said in each])
    return _laid_out(turn, _lines(turn))


def _lines(turn: Turn) -> Sequence[str]:
    name = turn.act.name
    if name in TALK:
        return TALK[name]
    brief = name in BRIEF or is_short(turn)
    lines = turn.book.shape(turn.persona, "brief" if brief else turn.phase)
    return ("{met}", "", *lines) if turn.labelled else (f"{{met}} {lines[0]}", *lines[1:])


def _laid_out(turn: Turn, lines: Sequence[str]) -> str:
    out = []
    for line in lines:
        beats = BEAT.findall(line)
        filled = {name: beat(turn, name) or "" for name in beats}
        if beats and not any(filled[name] for name in _leading(beats)):
            continue
        out.append(LABELLED.sub(lambda match: match[1] + match[2].upper(), _filled(line, filled)))
    return _numbered("\n".join(out).strip())


def _leading(beats: Sequence[str]) -> Sequence[str]:
    """Return the parts without which a line is left out: a greeting and an echo need company."""
    if any(name.startswith("care_") for name in beats):
        return beats
    return beats[: 1 + (beats[0] == "met")]


def _filled(line: str, parts: Mapping[str, str]) -> str:
    return " ".join(BEAT.sub(lambda match: parts[match[1]], line).split(" ")).strip()


def _numbered(text: str) -> str:
    text = re.sub(r"\n{3,}", "\n\n", text)
    if len(NUMBERED.findall(text)) == 1:
        return NUMBERED.sub("", text).strip()
    numbers = count(1)
    return NUMBERED.sub(lambda _: f"{next(numbers)})", text)


def _joined(pieces: Sequence[str]) -> str:
    listed = any(piece.startswith("- ") for piece in pieces)
    return ("\n" if listed else " ").join(pieces)


def _last_resort(turn: Turn) -> str:
    """Say something new however much was said: openings times endings, then with a number."""
    common = turn.book.common
    pairs = [f"{first}, {last}" for first in common["rest_open"] for last in common["rest_close"]]
    told = turn.writer.pick(pairs, again=True)
    numbers = count(turn.number)
    while told is None:
        told = turn.writer.take(common["rest_ever"][0].replace("#", str(next(numbers))))
    return told
