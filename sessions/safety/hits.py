"""Which hits in a text are meant: not idioms, not taken back, not over, not a story's."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from .lexicon import Lexicon, Rule
from .phrases import CLAUSE_END, SENTENCE_END, Span

__all__ = ["Heard", "hear"]

AFTER_UNITS = 7
QUOTE = '"'


class Heard(Struct, frozen=True, kw_only=True):
    """The rules that a text meets, once each, its marks, and how many units it has.

    `units` is 0 when nothing in it is of the lexicon's script.
    """

    rules: tuple[Rule, ...]
    marks: frozenset[str]
    units: int


class _Surroundings(Struct, frozen=True, kw_only=True):
    units: Sequence[str]
    sentence: Sequence[int]
    quoted: Sequence[bool]
    covered: frozenset[int]
    denied_from: frozenset[int]
    marks: dict[int, set[str]]


def hear(text: str, words: Lexicon) -> Heard:
    """Return what plain text says in the lexicon's language.

    Each step passes once over the units, so time is linear in them.
    """
    if words.silent(text):
        return Heard(rules=(), marks=frozenset(), units=0)
    units = words.units(text)
    spans = words.find(units)
    marks = frozenset(span.name for span in spans if span.name not in words.rules)
    if all(span.name in marks for span in spans):
        return Heard(rules=(), marks=marks, units=len(units))
    around = _surroundings(units, spans, words)
    meant = [span for span in spans if span.name in words.rules and _meant(span, around, words)]
    others = _units_of(span for span in meant if words.rules[span.name].about == "other")
    rules = {
        span.name: words.rules[span.name]
        for span in meant
        if words.rules[span.name].about == "other" or not _within(span, others)
    }
    return Heard(rules=tuple(rules.values()), marks=marks, units=len(units))


def _surroundings(units: Sequence[str], spans: Sequence[Span], words: Lexicon) -> _Surroundings:
    sentence: list[int] = []
    quoted: list[bool] = []
    number, inside = 0, False
    for unit in units:
        if unit == SENTENCE_END:
            number, inside = number + 1, False
        inside ^= unit == QUOTE
        sentence.append(number)
        quoted.append(inside)
    marks: defaultdict[int, set[str]] = defaultdict(set)
    for span in spans:
        if span.name not in words.rules:
            marks[sentence[span.start]].add(span.name)
    return _Surroundings(
        units=units,
        sentence=sentence,
        quoted=quoted,
        covered=_units_of(span for span in spans if span.name == "cover"),
        denied_from=frozenset(span.start for span in spans if span.name == "deny"),
        marks=marks,
    )


def _units_of(spans: Iterable[Span]) -> frozenset[int]:
    return frozenset(at for span in spans for at in range(span.start, span.end))


def _within(span: Span, covered: frozenset[int]) -> bool:
    return all(at in covered for at in range(span.start, span.end))


def _meant(span: Span, around: _Surroundings, words: Lexicon) -> bool:
    rule = words.rules[span.name]
    if any(at in around.covered for at in range(span.start, span.end)):
        return False
    if rule.denied and (_denied_before(span, around, words) or _denied_after(span, around)):
        return False
    marks = around.marks.get(around.sentence[span.start], set())
    if {"past", "better"} <= marks:
        return False
    return "fiction" not in marks or not (rule.about == "other" or around.quoted[span.start])


def _denied_before(span: Span, around: _Surroundings, words: Lexicon) -> bool:
    """Tell whether a negator stands before the hit in its clause and keeps its force."""
    for at in range(span.start - 1, max(-1, span.start - 1 - words.reach), -1):
        unit = around.units[at]
        if unit in {SENTENCE_END, CLAUSE_END, "but", "because"}:
            return False
        if unit in words.before:
            return around.units[at + 1] not in words.spared
    return False


def _denied_after(span: Span, around: _Surroundings) -> bool:
    """Tell whether words that take the hit back begin shortly after it."""
    for at in range(span.end, min(len(around.units), span.end + AFTER_UNITS)):
        if around.units[at] == SENTENCE_END:
            return False
        if at in around.denied_from:
            return True
    return False
