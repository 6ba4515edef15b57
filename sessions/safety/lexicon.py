"""What is listened for in one language: rules, idioms, negations, and what follows a risk."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from msgspec import Struct, convert

from .phrases import Index, Span, compile_phrase
from .reading import HANGUL, Speller, singled, syllables

__all__ = ["About", "Category", "Lexicon", "Rule", "Severity", "lexicon"]

Category = Literal["suicide", "self_harm", "harm_others", "abuse", "medical_emergency"]
Severity = Literal["acute", "elevated"]
About = Literal["self", "other"]


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Phrases that speak for a risk.

    With `points` they only count towards the threshold; with `raises` they make another risk of
    the same category acute; `denied` says that a negation before or after takes them back.
    """

    id: str
    phrases: tuple[str, ...]
    category: Category = "suicide"
    severity: Severity = "elevated"
    about: About = "self"
    points: float = 0.0
    raises: bool = False
    denied: bool = True


class Lexicon(Struct, frozen=True, kw_only=True):
    """One language's rules over one index; names in the index are rule ids or marks.

    Marks: `cover` (an idiom: hits inside mean nothing), `deny`, `past`, `better`, `fiction`,
    `follow` (a risk when it answers a message that was one) and `refuse` (the whole answer is).
    `hangul` says that every phrase begins with it.
    """

    language: str
    index: Index
    rules: Mapping[str, Rule]
    before: frozenset[str]
    spared: frozenset[str]
    reach: int
    threshold: float
    signs: int
    speller: Speller | None
    hangul: bool

    def silent(self, text: str) -> bool:
        """Tell whether plain text can say nothing in this language, by its script alone."""
        return self.hangul and HANGUL.search(text) is None

    def units(self, text: str) -> list[str]:
        """Return plain text as this language's units."""
        return self.speller.words(text) if self.speller else syllables(text)

    def find(self, units: list[str]) -> list[Span]:
        """Return every phrase in `units`, in order."""
        return self.index.find(units)


MARKS = ("cover", "deny", "past", "better", "fiction", "follow", "refuse")


@cache
def lexicon(language: Literal["en", "ko"]) -> Lexicon:
    """Return the packaged lexicon of a language; it never changes."""
    packaged = files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    table = tomllib.loads(packaged)
    rules = {rule.id: rule for rule in convert(table["rule"], list[Rule])}
    named = {name: rule.phrases for name, rule in rules.items()}
    named |= {mark: tuple(table["marks"].get(mark, ())) for mark in MARKS}
    index = _index(named, table)
    return Lexicon(
        language=language,
        index=index,
        rules=rules,
        before=frozenset(table["negation"]["before"].split()),
        spared=frozenset(table["negation"]["spared"].split()),
        reach=table["negation"]["reach"],
        threshold=table["threshold"],
        signs=table["signs"],
        speller=_speller(table, index) if "expand" in table else None,
        hangul=all(map(HANGUL.search, index.starts)),
    )


def _index(named: Mapping[str, tuple[str, ...]], table: Mapping[str, Any]) -> Index:
    classes = {name: frozenset(words.split()) for name, words in table.get("classes", {}).items()}
    split = str.split if "expand" in table else _hangul_units
    unskipped = frozenset(f"{table['negation']['before']} {table['unskipped']}".split())
    index = Index(unskipped=unskipped)
    for name, phrases in named.items():
        for phrase in phrases:
            index.add(name, compile_phrase(phrase, split=split, classes=classes))
    return index


def _hangul_units(phrase: str) -> list[str]:
    """Return Korean notation as units: a blank may be missing in the text, "_" may not."""
    units: list[str] = []
    rest = phrase
    while rest:
        dots = next((gap for gap in ("...", "..") if rest.startswith(gap)), "")
        taken = dots or rest[0]
        units.append({" ": " ?", "_": " "}.get(taken, taken))
        rest = rest[len(taken) :]
    return units


def _speller(table: Mapping[str, Any], index: Index) -> Speller:
    hidden = tuple(table["hidden"].split())
    return Speller(
        expand={short: tuple(long.split()) for short, long in table["expand"].items()},
        hidden=hidden,
        # of two that become alike the first is meant
        single={singled(word): word for word in reversed(hidden)},
        known=frozenset(index.units),
    )
