"""The words that memory is made by, packaged."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["canonical", "pattern", "synonyms", "words"]


@cache
def words() -> dict[str, Any]:
    """Return the packaged tables; they never change."""
    packaged = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(packaged)


@cache
def _names(table: str) -> dict[str, str]:
    """Return by each word of a table what it stands for."""
    found: dict[str, list[str]] = words()[table]
    return {word: name for name, each in found.items() for word in each}


def canonical(table: str, word: str) -> str:
    """Return what a word of `table` stands for in both languages; the word itself when unknown."""
    word = " ".join(word.casefold().split())
    names = _names(table)
    return names.get(word) or names.get(word.removesuffix("s")) or word


def synonyms(table: str, word: str) -> tuple[str, ...]:
    """Return the words of `table` in either language that stand for the same as one of them."""
    return tuple(words()[table].get(canonical(table, word), ()))


@cache
def pattern(table: str, *, hangul: bool) -> str:
    """Return an alternation of a table's words in Hangul or in Latin letters, longest first."""
    found = [word for word in _names(table) if ("가" <= word[0] <= "힣") is hangul]
    return "|".join(re.escape(word) for word in sorted(found, key=len, reverse=True))
