"""Phrases over units (words, or Hangul syllables), compiled from short notation and found fast."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

__all__ = [
    "CLAUSE_END",
    "SENTENCE_END",
    "WORD_START",
    "Choice",
    "Index",
    "Phrase",
    "Span",
    "Unit",
    "compile_phrase",
]

SENTENCE_END = "."
CLAUSE_END = ","
WORD_START = " "
NEAR, FAR = 2, 5
INNERMOST = re.compile(r"\(([^()]*)\)(\??)")
# Inner groups are held by one private character each while the outer ones are read.
FIRST_HELD = 0xE000
HELD = re.compile(r"([\ue000-\uf8ff])")


class Unit(Struct, frozen=True):
    """One place of a phrase: units that fit, or, without any, a gap of up to `most` units."""

    fits: frozenset[str]
    least: int
    most: int


class Choice(Struct, frozen=True):
    """Alternatives, each a sequence of places."""

    options: tuple["Phrase", ...]


Phrase = tuple[Unit | Choice, ...]


class Span(Struct, frozen=True):
    """Units `start` up to `end` that fit a phrase filed under `name`."""

    name: str
    start: int
    end: int


def compile_phrase(
    notation: str,
    *,
    split: Callable[[str], Iterable[str]],
    classes: Mapping[str, frozenset[str]],
) -> Phrase:
    """Return what `notation` stands for; raises KeyError for an unknown class.

    `(a b|c)` are alternatives, `a|b` one unit or the other, `@name` a class, `x?` may be missing,
    `..` skips up to 2 units and `...` up to 5, never a negation nor past the end of a sentence.
    `split` cuts plain notation into units.
    """
    groups: list[Choice] = []

    def places(plain: str) -> Phrase:
        found: list[Unit | Choice] = []
        for part in HELD.split(plain):
            if HELD.match(part):
                found.append(groups[ord(part) - FIRST_HELD])
            else:
                found += [_unit(unit, classes) for unit in split(part)]
        return tuple(found)

    while (match := INNERMOST.search(notation)) is not None:
        options = [places(option) for option in match[1].split("|")]
        groups.append(_merged(options + [()] * bool(match[2])))
        held = chr(FIRST_HELD + len(groups) - 1)
        notation = notation[: match.start()] + held + notation[match.end() :]
    return places(notation)


def _merged(options: Sequence[Phrase]) -> Choice:
    """Return the choice with its plain single units made one option."""
    single: frozenset[str] = frozenset()
    several: list[Phrase] = []
    for option in options:
        if len(option) == 1 and isinstance(option[0], Unit) and option[0].least == 1:
            single |= option[0].fits
        else:
            several.append(option)
    return Choice((((Unit(single, 1, 1),),) if single else ()) + tuple(several))


def _unit(unit: str, classes: Mapping[str, frozenset[str]]) -> Unit:
    if unit in {"..", "..."}:
        return Unit(frozenset(), 0, NEAR if unit == ".." else FAR)
    least = 0 if unit.endswith("?") else 1
    bare = unit.removesuffix("?")
    fits = classes[bare[1:]] if bare.startswith("@") else frozenset(bare.split("|"))
    return Unit(fits, least, 1)


class Index:
    """Phrases by their first unit; work per unit of text is bounded by the phrases alone.

    `unskipped` are units that no gap may skip.
    """

    def __init__(self, *, unskipped: frozenset[str] = frozenset()) -> None:
        self._first: dict[str, list[tuple[str, bool, frozenset[str] | None, Phrase]]] = {}
        self._unskipped = unskipped | {SENTENCE_END}
        self.units: set[str] = set()

    def add(self, name: str, phrase: Phrase) -> None:
        """File a phrase under `name`; raises ValueError when nothing certain begins it."""
        at_word = bool(phrase) and isinstance(phrase[0], Unit) and WORD_START in phrase[0].fits
        for first, rest in _spread(phrase[1:] if at_word else phrase):
            for unit in first:
                self._first.setdefault(unit, []).append((name, at_word, _next(rest), rest))
        self.units |= _all_units(phrase)

    def find(self, units: Sequence[str]) -> list[Span]:
        """Return where phrases begin and end in `units`, in order of their start."""
        spans = []
        for start, unit in enumerate(units):
            following = units[start + 1] if start + 1 < len(units) else ""
            for name, at_word, second, rest in self._first.get(unit, ()):
                if second is not None and following not in second:
                    continue
                if at_word and units[start - 1] != WORD_START:
                    continue
                end = self._match(units, start + 1, rest)
                if end > start:
                    spans.append(Span(name, start, end))
        return spans

    def _match(self, units: Sequence[str], at: int, phrase: Phrase) -> int:
        """Return where `phrase` ends when it begins at `at`, -1 when it does not fit."""
        if not phrase:
            return at
        place, rest = phrase[0], phrase[1:]
        if isinstance(place, Choice):
            ends = (self._match(units, at, (*option, *rest)) for option in place.options)
            return next((end for end in ends if end >= 0), -1)
        for used in range(place.most + 1):
            if used >= place.least and (end := self._match(units, at + used, rest)) >= 0:
                return end
            if at + used >= len(units) or not self._fits(place, units[at + used]):
                break
        return -1

    def _fits(self, place: Unit, unit: str) -> bool:
        return unit in place.fits if place.fits else unit not in self._unskipped


def _all_units(phrase: Phrase) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for place in phrase:
        parts = map(_all_units, place.options) if isinstance(place, Choice) else (place.fits,)
        found = found.union(*parts)
    return found


def _spread(phrase: Phrase) -> list[tuple[frozenset[str], Phrase]]:
    """Return every way `phrase` can begin: the units, and what follows them.

    Raises ValueError when a gap or nothing at all can begin it.
    """
    if not phrase:
        raise ValueError("a phrase needs a unit that is always there")
    place, rest = phrase[0], phrase[1:]
    if isinstance(place, Choice):
        return [way for option in place.options for way in _spread((*option, *rest))]
    if not place.fits:
        raise ValueError("a phrase does not begin with a gap")
    return [(place.fits, rest)] + ([] if place.least else _spread(rest))


def _next(phrase: Phrase) -> frozenset[str] | None:
    """Return the units of which one must come next, None when anything can."""
    try:
        return frozenset().union(*(first for first, _ in _spread(phrase)))
    except ValueError:
        return None
