"""Phrases over units (words, or Hangul syllables), compiled from short notation and found fast."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

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
# In a text of codes every unit of a phrase has a character of its own, all others share one.
_CODES = 0x4E00
_UNKNOWN = "?"


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


class _Way(Struct, frozen=True):
    """One way a phrase goes on behind its first unit.

    `at_word` says that a word begins with that unit, `second` which units can come next (None:
    any), `rest` is the regular expression of the remaining places ("": there are none).
    """

    name: str
    at_word: bool
    second: frozenset[str] | None
    rest: str


class Index:
    """Phrases by their first unit; work per unit of text is bounded by the phrases alone.

    `unskipped` are units that no gap may skip. A text is matched as one character a unit.
    """

    def __init__(self, *, unskipped: frozenset[str] = frozenset()) -> None:
        self._first: dict[str, list[_Way]] = {}
        self._codes: dict[str, str] = {}
        self._matchers: dict[str, re.Pattern[str]] = {}
        self._gap = f"[^{self._class(unskipped | {SENTENCE_END})}]"
        self.units: set[str] = set()

    def add(self, name: str, phrase: Phrase) -> None:
        """File a phrase under `name`; raises ValueError when nothing certain begins it."""
        at_word = bool(phrase) and isinstance(phrase[0], Unit) and WORD_START in phrase[0].fits
        for first, rest in _spread(phrase[1:] if at_word else phrase):
            way = _Way(name, at_word, _next(rest), self._pattern(rest))
            for unit in first:
                self._first.setdefault(unit, []).append(way)
        self.units |= _all_units(phrase)

    @property
    def starts(self) -> Collection[str]:
        """Return the units of which one begins every phrase."""
        return self._first.keys()

    def find(self, units: Sequence[str]) -> list[Span]:
        """Return where phrases begin and end in `units`, in order of their start."""
        spans = []
        text = "".join([self._codes.get(unit, _UNKNOWN) for unit in units])
        for start, unit in enumerate(units):
            if unit not in self._first:
                continue
            following = units[start + 1] if start + 1 < len(units) else ""
            for way in self._first[unit]:
                if way.second is not None and following not in way.second:
                    continue
                if way.at_word and units[start - 1] != WORD_START:
                    continue
                if not way.rest:
                    spans.append(Span(way.name, start, start + 1))
                elif (match := self._matcher(way.rest).match(text, start + 1)) is not None:
                    spans.append(Span(way.name, start, match.end()))
        return spans

    def _matcher(self, rest: str) -> re.Pattern[str]:
        """Return the compiled expression, made when it is first needed: together they take long."""
        matcher = self._matchers.get(rest)
        if matcher is None:
            matcher = self._matchers[rest] = re.compile(rest)
        return matcher

    def _pattern(self, phrase: Phrase) -> str:
        """Return the regular expression of a phrase: options in order, as few units as fit."""
        return "".join(map(self._place, phrase))

    def _place(self, place: Unit | Choice) -> str:
        if isinstance(place, Choice):
            return f"(?:{'|'.join(map(self._pattern, place.options))})"
        fits = f"[{self._class(place.fits)}]" if place.fits else self._gap
        once = (place.least, place.most) == (1, 1)
        return fits if once else f"{fits}{{{place.least},{place.most}}}?"

    def _class(self, units: Iterable[str]) -> str:
        """Return the characters that stand for units; none of them means anything to `re`."""
        return "".join(
            [self._codes.setdefault(unit, chr(_CODES + len(self._codes))) for unit in sorted(units)]
        )


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
