"""The words with which a mentor begins, from packaged copy: no model is asked."""

import re
import tomllib
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Literal, TypeAlias

from msgspec import Struct

from sessions.notes.clauses import shortened
from sessions.personas.prompts.quoting import neutral
from sessions.safety.classify import check

__all__ = ["MOST_CHARS", "Form", "Reason", "opening_words"]

Form: TypeAlias = Literal["plain", "about", "step", "goal", "promise", "today", "tomorrow", "nudge"]
MOST_CHARS = 140
# what a fact's day was noted as: "I'll ask on Friday. (2026-12-04)"
_STAMP = re.compile(r"\s*\(\d{4}-\d{2}-\d{2}\)\s*$")
_QUOTES = str.maketrans("“”", "‘’")


class Reason(Struct, frozen=True, kw_only=True):
    """What a mentor writes about, in whose words; "plain" has none."""

    form: Form = "plain"
    words: str = ""


def opening_words(reason: Reason, *, persona: str, language: str, turn: str) -> str:
    """Return what a mentor says; `turn`, such as a date, has variants take turns.

    Words that call for human help are not repeated: it asks plainly then. Languages other than
    Korean are English.
    """
    said = shortened(_STAMP.sub("", " ".join(neutral(reason.words).split())), MOST_CHARS)
    if not said or check(said) is not None:
        reason = Reason()
    book = _copy()["ko" if language[:2].lower() == "ko" else "en"]
    variants = book.get(persona, book["default"])[reason.form]
    chance = int.from_bytes(sha256(turn.encode()).digest()[:4], "big")
    # words may have braces of their own
    return variants[chance % len(variants)].replace("{words}", said.translate(_QUOTES))


@cache
def _copy() -> dict[str, dict[str, dict[str, list[str]]]]:
    packaged = files(__package__).joinpath("openings.toml").read_text(encoding="utf-8")
    return tomllib.loads(packaged)
