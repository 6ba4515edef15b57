"""The check's steps as they were before they were made fast: what they find is what counts."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Literal
from unittest.mock import patch

from sessions.safety import lexicon as packaged
from sessions.safety.hits import Heard, _meant, _surroundings, _units_of, _within
from sessions.safety.lexicon import Lexicon
from sessions.safety.phrases import (
    SENTENCE_END,
    WORD_START,
    Choice,
    Phrase,
    Span,
    Unit,
    _all_units,
    _spread,
)
from sessions.safety.reading import (
    BLANKS,
    FILLERS,
    JAMO,
    LONG_RUN,
    LOOKALIKE,
    RUN,
    SAME,
    SPACED,
    Speller,
    _covers,
    _joined,
    _unleeted,
)

__all__ = ["SlowIndex", "SlowSpeller", "slow_hear", "slow_lexicon", "slow_plain"]

_LEET_WORD = re.compile(r"[a-z0-9@$!*]+")


class SlowIndex:
    """Phrases matched place by place."""

    def __init__(self, *, unskipped: frozenset[str] = frozenset()) -> None:
        self._ways: dict[str, list[tuple[str, bool, Phrase]]] = {}
        self._unskipped = unskipped | {SENTENCE_END}
        self.units: set[str] = set()
        self.starts = self._ways.keys()

    def add(self, name: str, phrase: Phrase) -> None:
        at_word = bool(phrase) and isinstance(phrase[0], Unit) and WORD_START in phrase[0].fits
        for first, rest in _spread(phrase[1:] if at_word else phrase):
            for unit in first:
                self._ways.setdefault(unit, []).append((name, at_word, rest))
        self.units |= _all_units(phrase)

    def find(self, units: Sequence[str]) -> list[Span]:
        spans = []
        for start, unit in enumerate(units):
            for name, at_word, rest in self._ways.get(unit, ()):
                if at_word and units[start - 1] != WORD_START:
                    continue
                end = self._match(units, start + 1, rest)
                if end > start:
                    spans.append(Span(name, start, end))
        return spans

    def _match(self, units: Sequence[str], at: int, phrase: Phrase) -> int:
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


def slow_plain(text: str) -> str:
    """Return what `plain` returns, character by character."""
    parts = (
        part if at % 2 else unicodedata.normalize("NFKC", part.translate(FILLERS))
        for at, part in enumerate(JAMO.split(text))
    )
    bare = unicodedata.normalize("NFD", "".join(parts).lower())
    hidden = {"Cf", "Mn", "Cc"}
    seen = "".join(
        each for each in bare if each in BLANKS or unicodedata.category(each) not in hidden
    )
    return unicodedata.normalize("NFC", seen).translate(LOOKALIKE).translate(SAME)


class SlowSpeller(Speller, frozen=True, kw_only=True):
    """Looks at every word for signs, and at every hidden word for each."""

    def words(self, text: str) -> list[str]:
        text = _LEET_WORD.sub(_unleeted, SPACED.sub(_joined, text))
        never = re.compile(r"(?!)")
        # what signs become must not be joined once more
        with patch.multiple("sessions.safety.reading", LEET_WORD=never, SPACED=never):
            return super().words(text)

    def _undisguised(self, token: str) -> str:
        if token in self.known or token in self.expand:
            return token
        if "*" in token:
            return next((word for word in self.hidden if _covers(token, word)), token.strip("*"))
        if LONG_RUN.search(token):
            for kept in (r"\1", r"\1\1"):
                if (short := RUN.sub(kept, token)) in self.known or short in self.expand:
                    return short
        short = RUN.sub(r"\1", token)
        return next((word for word in self.hidden if RUN.sub(r"\1", word) == short), token)


def slow_hear(text: str, words: Lexicon) -> Heard:
    """Return what `hear` returns, without leaving anything out."""
    units = words.units(text)
    spans = words.find(units)
    around = _surroundings(units, spans, words)
    meant = [span for span in spans if span.name in words.rules and _meant(span, around, words)]
    others = _units_of(span for span in meant if words.rules[span.name].about == "other")
    rules = {
        span.name: words.rules[span.name]
        for span in meant
        if words.rules[span.name].about == "other" or not _within(span, others)
    }
    marks = frozenset(span.name for span in spans if span.name not in words.rules)
    return Heard(rules=tuple(rules.values()), marks=marks, units=len(units))


@cache
def slow_lexicon(language: Literal["en", "ko"]) -> Lexicon:
    """Return the packaged lexicon over the slow parts."""
    with _slow_parts():
        return packaged.lexicon.__wrapped__(language)


@contextmanager
def _slow_parts() -> Iterator[None]:
    with patch.object(packaged, "Index", SlowIndex), patch.object(packaged, "Speller", SlowSpeller):
        yield
