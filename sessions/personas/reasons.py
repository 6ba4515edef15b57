"""One line on why a persona was suggested, in the user's language."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from .persona import Persona, local

__all__ = ["cause_line", "plain_line", "quoting_line"]

QUOTED_WORDS = 2
HANGUL_FIRST, HANGUL_LAST, FINALS = 0xAC00, 0xD7A3, 28


def plain_line(kind: str, persona: Persona, language: str) -> str:
    """Return the line of `kind`: chosen, stay, addressed, topic or angle."""
    return _fill(kind, persona, language)


def cause_line(cause: str, persona: Persona, language: str) -> str:
    """Return the line that begins with what the message sounds like (a tone, pace or intent)."""
    return _fill("line", persona, language, cause=_table(language)["cause"][cause])


def quoting_line(words: Sequence[str], persona: Persona, language: str) -> str:
    """Return the line that names the user's own words."""
    table = _table(language)
    quoted = [table["quote"].format(word=word) for word in words[:QUOTED_WORDS]]
    return _fill("quoted", persona, language, words=table["join"].join(quoted))


def _fill(kind: str, persona: Persona, language: str, **values: str) -> str:
    # A language without its own lines gets English ones, names and all.
    language = language if language in _tables() else "en"
    name = persona.name(language)
    final = _ends_in_consonant(name)
    return str(
        _table(language)[kind].format(
            name=name,
            fits=local(persona.fits, language),
            topic_particle="은" if final else "는",
            object_particle="을" if final else "를",
            with_particle="과" if final else "와",
            **values,
        )
    )


def _ends_in_consonant(word: str) -> bool:
    code = ord(word[-1])
    return HANGUL_FIRST <= code <= HANGUL_LAST and (code - HANGUL_FIRST) % FINALS != 0


def _table(language: str) -> dict[str, Any]:
    return _tables().get(language) or _tables()["en"]


@cache
def _tables() -> dict[str, dict[str, Any]]:
    """Return the packaged lines by language; they never change."""
    packaged = files(__package__).joinpath("lexicons").joinpath("reasons.toml")
    return tomllib.loads(packaged.read_text(encoding="utf-8"))
