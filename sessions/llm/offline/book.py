"""The authored moves: for each language what every persona, topic and situation may say."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from msgspec import Struct

__all__ = ["Book", "load_book"]

Moves = Mapping[str, tuple[str, ...]]


class Book(Struct, frozen=True, kw_only=True):
    """The moves of one language by persona, by topic, and those that fit everyone.

    `care` holds what is said to heavy and to happy news, by kind; `shapes` says for each persona
    and phase which moves make an answer, line by line; `plans` the first steps of matters.
    """

    common: Moves
    personas: Mapping[str, Moves]
    topics: Mapping[str, Moves]
    shapes: Mapping[str, Moves]
    words: Mapping[str, Moves]
    care: Mapping[str, Moves]
    plans: Mapping[str, Moves]

    def pool(self, move: str, *, persona: str = "", topic: str = "") -> tuple[tuple[str, ...], ...]:
        """Return the templates of a move in tiers, the most particular first."""
        tiers = (self.personas.get(persona, {}), self.topics.get(topic, {}), self.common)
        return tuple(found for tier in tiers if (found := tier.get(move)))

    def shape(self, persona: str, phase: str) -> tuple[str, ...]:
        """Return the lines of a persona's answer; an unknown persona talks like a plain one."""
        return self.shapes.get(persona, self.shapes["plain"])[phase]


@cache
def load_book(language: str) -> Book:
    """Return the packaged book of `en` or `ko`; it never changes."""
    folder = files(__package__).joinpath("data", language)
    personas: dict[str, Moves] = {}
    shapes: dict[str, Moves] = {}
    for name in ("plain", "lua", "elro", "riri", "nana"):
        table = _table(folder, name)
        shapes[name] = _moves(table.pop("shape"))
        personas[name] = _moves(table)
    topics = {
        name: _moves(table)
        for part in ("topics_work", "topics_life")
        for name, table in _table(folder, part).items()
    }
    common = _moves(_table(folder, "common")) | _moves(_table(folder, "small_talk"))
    words = {topic: _moves(table) for topic, table in _table(folder, "words").items()}
    care = {kind: _moves(table) for kind, table in _table(folder, "care").items()}
    return Book(
        common=common,
        personas=personas,
        topics=topics,
        shapes=shapes,
        words=words,
        care=care,
        plans=_plans(folder),
    )


def _plans(folder: Traversable) -> dict[str, Moves]:
    """Return the matters; what is one line in the file is a tuple of one."""
    return {
        name: {move: (said,) if isinstance(said, str) else tuple(said) for move, said in it.items()}
        for name, it in _table(folder, "plans").items()
    }


def _table(folder: Traversable, name: str) -> dict[str, Any]:
    return tomllib.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def _moves(table: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {move: tuple(lines) for move, lines in table.items()}
