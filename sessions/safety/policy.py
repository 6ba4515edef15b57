"""What is said when a message calls for human help, and the first notice of who answers."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct

from schemas.resources import HelpLine

from .classify import Risk
from .helplines import help_for

__all__ = ["SafetyAnswer", "first_notice", "respond"]

OFFLINE = "offline"


class SafetyAnswer(Struct, frozen=True, kw_only=True):
    """An authored answer and the ways to reach a human that go with it."""

    text: str
    resources: tuple[HelpLine, ...]
    category: str


def respond(
    risk: Risk,
    *,
    language: str,
    locale: str,
    timezone: str = "",
    persona_name: str,
    turn_number: int,
) -> SafetyAnswer:
    """Return the answer to a message with `risk`, in Korean for `ko`, otherwise in English.

    `turn_number` chooses among the variants, so that neighbouring turns share no sentence.
    """
    said = _texts("ko" if language == "ko" else "en")
    found = help_for(risk.category, locale=locale, timezone=timezone, language=language)
    opening, human = _situation(risk)
    parts = (
        said[opening]["open"],
        said[opening]["ask"],
        said[human]["texts"],
        said["stay"]["texts"],
    )
    nearby = said["words"]["emergency"]
    text = " ".join(variants[turn_number % len(variants)] for variants in parts).format(
        name=found.lines[0].name,
        contact=found.lines[0].contact,
        emergency=found.emergency or nearby,
        police=found.police or nearby,
        persona=persona_name,
    )
    return SafetyAnswer(text=text, resources=found.lines, category=risk.category)


def first_notice(language: str, model: str) -> str:
    """Return what a session says of who answers, before anything else.

    `model` is the provider's name; "offline" is the built-in engine.
    """
    notices: dict[str, str] = _texts("ko" if language == "ko" else "en")["notice"]
    return notices["offline" if model == OFFLINE else "model"]


def _situation(risk: Risk) -> tuple[str, str]:
    """Return which opening and which way to a human a risk calls for."""
    human = f"human_{risk.severity}"
    if risk.category == "medical_emergency":
        return risk.category, "human_medical"
    if risk.about == "other":
        return "other", human
    if risk.category == "suicide":
        return f"suicide_{risk.severity}", human
    return risk.category, human if risk.category == "self_harm" else "human_danger"


@cache
def _texts(language: str) -> dict[str, Any]:
    """Return the packaged texts of a language; they never change."""
    packaged = files(__package__).joinpath("texts.toml").read_text(encoding="utf-8")
    texts: dict[str, Any] = tomllib.loads(packaged)[language]
    return texts
