"""A profile as its user sees it, in words."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from schemas.profiles import LearnedPreference, LearnedStyle, Profile, Sureness, Trait
from sessions.personas.analysis import INTENTS
from sessions.personas.catalogue import Catalogue

from .documents import ProfileDocument
from .insight import FAIRLY, active_hours, preferences_of, zone_of
from .learning import suiting, taste
from .posterior import Posterior

__all__ = ["profile_view"]

SURE = 0.99
WORTH_TELLING = 0.1
FINALS = 28
HANGUL_FIRST, HANGUL_LAST = 0xAC00, 0xD7A3


def profile_view(
    profile: ProfileDocument, catalogue: Catalogue, *, language: str, now: datetime
) -> Profile:
    """Return all that is known, in `language`: Korean for `ko`, English for everything else."""
    words = _words(language)
    preferences = _preferences(profile, catalogue, words, language, now)
    style = _style(profile, words, now)
    return Profile(
        learning=profile.learning,
        anonymous=profile.anonymous,
        retention_days=profile.retention_days,  # type: ignore[arg-type]
        persona=profile.persona,
        zone=str(zone_of(profile)),
        turns=profile.turns,
        preferences=preferences,
        style=style,
        active_hours=active_hours(profile, now),
        words=(
            *_state(profile, catalogue, words, language, known=bool(preferences or style)),
            *(each.text for each in preferences),
            *(each.text for each in style),
            *_hours(profile, words, now),
            str(words["kept"]).format(days=profile.retention_days),
        ),
        updated_at=profile.updated_at,
    )


def _state(
    profile: ProfileDocument,
    catalogue: Catalogue,
    words: Mapping[str, Any],
    language: str,
    *,
    known: bool,
) -> list[str]:
    said = []
    if profile.persona is not None and profile.persona in catalogue:
        name = catalogue.get(profile.persona).name(language)
        said.append(_fill(words["pinned"], name))
    if not profile.learning:
        said.append(words["off"])
    if profile.anonymous:
        said.append(words["anonymous"])
    return said if known else [*said, words["nothing"]]


def _preferences(
    profile: ProfileDocument,
    catalogue: Catalogue,
    words: Mapping[str, Any],
    language: str,
    now: datetime,
) -> tuple[LearnedPreference, ...]:
    """Return what differs enough from knowing nothing, the surest first."""
    found: list[tuple[float, LearnedPreference]] = []
    for intent in INTENTS:
        suits = suiting(profile, now=now, like=lambda other, _, it=intent: float(other == it))  # type: ignore[misc]
        counts = _counts(profile, intent)
        for persona, posterior in suits.items():
            if persona not in catalogue or abs(posterior.mean - 0.5) < WORTH_TELLING:
                continue
            name = catalogue.get(persona).name(language)
            sureness, count = _sureness(posterior), counts[persona]
            text = _fill(
                words["prefers" if posterior.mean > 0.5 else "avoids"],
                name,
                when=words["when"][intent],
                signals=words["one_signal"] if count == 1 else words["signals"].format(count=count),
                sureness=words[sureness],
            )
            told = LearnedPreference(
                persona=persona,
                intent=intent,
                mean=round(posterior.mean, 3),
                signals=count,
                sureness=sureness,
                text=text,
            )
            found.append((-posterior.confidence, told))
    return tuple(told for _, told in sorted(found, key=lambda each: each[0]))


def _counts(profile: ProfileDocument, intent: str) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for each in profile.evidence:
        if each.intent == intent:
            counts[each.persona] += len(each.signals)
    for cell in profile.folded:
        if cell.persona and cell.intent == intent:
            counts[cell.persona] += cell.signals
    return counts


def _style(
    profile: ProfileDocument, words: Mapping[str, Any], now: datetime
) -> tuple[LearnedStyle, ...]:
    preferences, learned = preferences_of(profile, now), taste(profile, now=now)
    found = []
    for trait in get_args(Trait):
        value = getattr(preferences, trait)
        if value is None:
            continue
        yours = getattr(profile, trait) is not None
        sureness = "sure" if yours else _sureness(learned.get(trait, Posterior()))
        text = words["you_set" if yours else "learned"].format(
            style=words["style"][value], sureness=words[sureness]
        )
        found.append(
            LearnedStyle(
                trait=trait,
                value=value,
                set_by="you" if yours else "learned",
                sureness=sureness,
                text=text,
            )
        )
    return tuple(found)


def _hours(profile: ProfileDocument, words: Mapping[str, Any], now: datetime) -> list[str]:
    hours = active_hours(profile, now)
    if not hours:
        return []
    named = ", ".join(words["hour"].format(hour=hour) for hour in hours)
    return [words["hours"].format(hours=named, zone=zone_of(profile))]


def _sureness(posterior: Posterior) -> Sureness:
    if posterior.confidence >= SURE:
        return "sure"
    return "fairly_sure" if posterior.confidence >= FAIRLY else "not_sure"


def _fill(line: str, name: str, **values: str) -> str:
    code = ord(name[-1])
    final = HANGUL_FIRST <= code <= HANGUL_LAST and (code - HANGUL_FIRST) % FINALS != 0
    return line.format(
        name=name,
        object_particle="을" if final else "를",
        subject_particle="이" if final else "가",
        **values,
    )


def _words(language: str) -> dict[str, Any]:
    return _tables().get(language) or _tables()["en"]


@cache
def _tables() -> dict[str, dict[str, Any]]:
    """Return the packaged words by language; they never change."""
    packaged = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(packaged)
