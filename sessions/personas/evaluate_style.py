"""How well a provider's answers keep the shapes of the personas, on a fixed list of messages."""

import asyncio
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

from msgspec import Struct

from sessions.conversation import Conversation
from sessions.llm.provider import Provider

from .analysis import analyse
from .catalogue import Catalogue
from .prompts import build_prompt
from .recommend import recommend
from .style import SHAPES, Style, check_style

__all__ = ["Answered", "Kept", "Report", "answered", "measure", "messages", "table"]

AT_ONCE = 16
MISSED = 3


class Answered(Struct, frozen=True, kw_only=True):
    """One answer, and the language of the message."""

    persona: str
    shape: str
    language: str
    message: str
    answer: str


class Kept(Struct, frozen=True, kw_only=True):
    """How one persona's answers score (0 to 1, in the mean) under each persona's checker.

    `own` is the score under its own checker by language, `won` the share of answers for which that
    one is the highest of all, `missing` how often a part was not there, `breaches` how often the
    answer did what its persona avoids.
    """

    n: int
    scores: dict[str, float]
    own: dict[str, float]
    won: float
    missing: dict[str, int]
    breaches: dict[str, int]


class Report(Struct, frozen=True, kw_only=True):
    """The figures of each persona whose shape can be checked."""

    provider: str
    n: int
    personas: dict[str, Kept]


def messages() -> list[str]:
    """Return the packaged messages, 20 in English and 20 in Korean."""
    packaged = (
        files(__package__).joinpath("lexicons", "style_messages.toml").read_text(encoding="utf-8")
    )
    return [text for texts in tomllib.loads(packaged).values() for text in texts]


async def answered(
    provider: Provider, catalogue: Catalogue, personas: Iterable[str], texts: Sequence[str]
) -> list[Answered]:
    """Return what each of `personas` answers to each text as a first turn; raises ProviderError."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def answer(persona: str, text: str) -> Answered:
        analysis, alone = analyse(text), Conversation(session_id="style")
        chosen = recommend(text, analysis, alone, catalogue, chosen=persona)
        prompt = build_prompt(text, analysis, chosen, alone, catalogue)
        async with turns:
            said = [chunk.text async for chunk in provider.stream(prompt)]
        return Answered(
            persona=persona,
            shape=catalogue.get(persona).builder,
            language=analysis.language,
            message=text,
            answer="".join(said),
        )

    return await asyncio.gather(*(answer(one, text) for one in personas for text in texts))


def measure(provider: str, answers: Sequence[Answered], catalogue: Catalogue) -> Report:
    """Return the figures of `answers`; personas of another shape than SHAPES are left out."""
    checkers = {
        one: shape for one in catalogue.ids if (shape := catalogue.get(one).builder) in SHAPES
    }
    theirs: dict[str, list[Answered]] = {}
    for each in answers:
        if each.persona in checkers:
            theirs.setdefault(each.persona, []).append(each)
    kept = {one: _kept(one, said, checkers) for one, said in theirs.items()}
    return Report(provider=provider, n=sum(one.n for one in kept.values()), personas=kept)


def _kept(persona: str, said: Sequence[Answered], checkers: Mapping[str, str]) -> Kept:
    styles: list[dict[str, Style]] = [
        {
            checker: check_style(each.answer, shape, message=each.message)
            for checker, shape in checkers.items()
        }
        for each in said
    ]
    own: dict[str, list[float]] = {}
    for each, style in zip(said, styles, strict=True):
        own.setdefault(each.language, []).append(style[persona].score)
    others = [one for one in checkers if one != persona]
    won = [all(each[persona].score > each[one].score for one in others) for each in styles]
    return Kept(
        n=len(said),
        scores={one: _mean([style[one].score for style in styles]) for one in checkers},
        own={language: _mean(scores) for language, scores in sorted(own.items())},
        won=_mean([float(each) for each in won]),
        missing=dict(Counter(part for each in styles for part in each[persona].missing)),
        breaches=dict(Counter(what for each in styles for what in each[persona].breaches)),
    )


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4)


def table(report: Report) -> str:
    """Return the figures as text: whose answers, under whose checker."""
    checkers = next((list(kept.scores) for kept in report.personas.values()), [])
    lines = [
        f"{report.n} answers by {report.provider}; score of each persona's under each checker",
        "",
        f"{'':8}" + "".join(f"{one:>8}" for one in checkers) + "     own en     ko    won",
    ]
    for persona, kept in report.personas.items():
        scores = "".join(f"{kept.scores[one]:8.2f}" for one in checkers)
        own = "".join(f"{kept.own.get(language, float('nan')):7.2f}" for language in ("en", "ko"))
        lines.append(f"{persona:8}{scores}    {own}{kept.won:7.0%}")
    lines.append("")
    for persona, kept in report.personas.items():
        told = _counted(kept.missing), _counted(kept.breaches)
        lines.append(f"{persona:8}missing: {told[0]}; against its manner: {told[1]}")
    return "\n".join(lines) + "\n"


def _counted(counts: Mapping[str, int]) -> str:
    most = sorted(counts.items(), key=lambda item: -item[1])[:MISSED]
    return ", ".join(f"{name} {count}" for name, count in most) or "nothing"
