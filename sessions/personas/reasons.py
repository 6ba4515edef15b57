"""One line on why a persona was suggested, in the user's language."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct

from .analysis import Analysis, analyse
from .catalogue import Catalogue
from .persona import Persona, local
from .resonance import top_key

__all__ = ["Reasons", "Signals", "silence"]

QUOTED_WORDS = 2
STANDS_OUT = 1.3
SAYS_MUCH = 0.5
NAMED_SHARE = 0.2
HANGUL_FIRST, HANGUL_LAST, FINALS = 0xAC00, 0xD7A3, 28


class Signals(Struct, frozen=True, kw_only=True):
    """One persona's log-odds by signal, and the topic's words that were found."""

    resonance: float
    topic: float
    read: float
    stay: float
    learned: float
    addressed: float
    words: tuple[str, ...]

    @property
    def total(self) -> float:
        """Return the log-odds up to a constant that all personas share."""
        return sum((self.resonance, self.topic, self.read, self.stay, self.learned, self.addressed))


class Reasons(Struct, frozen=True, kw_only=True):
    """Everything the lines are made from."""

    signals: Mapping[str, Signals]
    analysis: Analysis
    catalogue: Catalogue

    def why(self, persona_id: str, *, chosen: str | None, first: bool) -> str:
        """Return the line for one persona: the signal that spoke most for it.

        `first` tells the persona that answers from those that could have.
        """
        persona = self.catalogue.get(persona_id)
        kind = "chosen" if persona_id == chosen else self._strongest(persona_id)
        language = self.analysis.language
        words = () if persona.discreet else self.signals[persona_id].words
        if kind in ("topic", "read") and words and self._named(persona_id):
            return _quoting(words, persona, language)
        if kind in ("topic", "resonance") and (cause := self._cause(persona_id)) is not None:
            return _fill("line", persona, language, cause=_table(language)["cause"][cause])
        if kind == "resonance":
            kind = "open" if first else "angle"
        return _fill(kind, persona, language)

    def _strongest(self, persona_id: str) -> str:
        own = self.signals[persona_id]
        if own.addressed:
            return "addressed"
        if own.stay and own.stay >= max(own.topic, own.resonance, own.read, own.learned):
            return "stay"
        if own.learned > max(0.0, own.topic, own.resonance, own.read):
            return "learned"
        if own.read > max(SAYS_MUCH, own.topic, own.resonance):
            return "read"
        return "topic" if own.topic and own.topic >= own.resonance else "resonance"

    def _named(self, persona_id: str) -> bool:
        """Tell whether the topic's words are a good part of what speaks for the persona."""
        own = self.signals[persona_id]
        return NAMED_SHARE * own.read <= own.topic

    def _cause(self, persona_id: str) -> str | None:
        """Return what in the message lifts this persona most above the mean, if anything does.

        Only what stands out from a message that says nothing is a cause.
        """
        rows = [affinity.hundredths for affinity in self.catalogue.affinities.values()]
        own, key, quiet = (
            self.catalogue.affinities[persona_id].hundredths,
            top_key(self.analysis),
            silence(),
        )
        shares: tuple[tuple[str, float, float], ...] = (
            (key.tone, 0.5, self.analysis.tone[key.tone] / quiet.tone[key.tone]),
            (key.pace, 0.3, self.analysis.pace[key.pace] / quiet.pace[key.pace]),
            (key.intent, 0.2, self.analysis.intent[key.intent] / quiet.intent[key.intent]),
        )
        lifts: dict[str, float] = {
            name: weight * (own[name] - sum(row[name] for row in rows) / len(rows))
            for name, weight, ratio in shares
            if ratio >= STANDS_OUT and name != "medium"
        }
        best = max(lifts, key=lambda name: lifts[name], default=None)
        return best if best is not None and lifts[best] > 0.0 else None


@cache
def silence() -> Analysis:
    """Return the analysis of a message that says nothing."""
    return analyse("")


def _quoting(words: Sequence[str], persona: Persona, language: str) -> str:
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
