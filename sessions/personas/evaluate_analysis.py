"""How well the analysis reads labelled messages."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from sessions.conversation import Conversation
from sessions.embedding import Encoder

from .analysis import Intent, Pace, Tone, analyse
from .catalogue import Catalogue
from .metrics import Interval, Pair, accuracy, bootstrap, confusion, macro_f1, top_k
from .recommend import recommend

__all__ = ["Labelled", "Quality", "Report", "measure", "table"]

Ranked = tuple[str, tuple[str, ...]]
PARTS = ("tone", "pace", "intent", "language", "persona")
SHOWN_CONFUSIONS = ("tone", "intent")
NOBODY = Conversation(session_id="")


class Labelled(Struct, frozen=True, kw_only=True):
    """A message and what people read from it; a label that is not given is not measured."""

    text: str
    tone: Tone | None = None
    pace: Pace | None = None
    intent: Intent | None = None
    language: str | None = None
    persona: str | None = None


class Quality(Struct, frozen=True, kw_only=True):
    """One part's figures (0 to 1) over `n` messages, with their 95 % intervals.

    `confusion` counts guesses by truth. `top2` is the accuracy for a language, of which only one
    is guessed.
    """

    n: int
    accuracy: float
    accuracy_interval: Interval
    macro_f1: float
    macro_f1_interval: Interval
    top2: float
    confusion: dict[str, dict[str, int]]


class Report(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The figures of each part that has labels."""

    n: int
    tone: Quality | None = None
    pace: Quality | None = None
    intent: Quality | None = None
    language: Quality | None = None
    persona: Quality | None = None


def measure(
    examples: Sequence[Labelled], catalogue: Catalogue, encoder: Encoder | None = None
) -> Report:
    """Analyse every message by itself, without a conversation, and compare with its labels."""
    rows: dict[str, list[Ranked]] = {part: [] for part in PARTS}
    for example in examples:
        guesses = _guess(example.text, catalogue, encoder)
        for part in PARTS:
            if (truth := getattr(example, part)) is not None:
                rows[part].append((truth, guesses[part]))
    found = {part: _quality(of_part) for part, of_part in rows.items() if of_part}
    return Report(n=len(examples), **found)


def _guess(text: str, catalogue: Catalogue, encoder: Encoder | None) -> dict[str, tuple[str, ...]]:
    vector = encoder.encode(text) if encoder and text.strip() else None
    analysis = analyse(text, vector=vector)
    recommended = recommend(text, analysis, NOBODY, catalogue, chosen=None, vector=vector)
    return {
        "tone": _ranked(analysis.tone),
        "pace": _ranked(analysis.pace),
        "intent": _ranked(analysis.intent),
        "language": (analysis.language,),
        "persona": tuple(choice.persona for choice in recommended.choices),
    }


def _ranked(distribution: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(distribution, key=lambda name: -distribution[name]))


def _quality(rows: Sequence[Ranked]) -> Quality:
    pairs: list[Pair] = [(truth, ranked[0]) for truth, ranked in rows]
    return Quality(
        n=len(rows),
        accuracy=accuracy(pairs),
        accuracy_interval=bootstrap(pairs, accuracy),
        macro_f1=macro_f1(pairs),
        macro_f1_interval=bootstrap(pairs, macro_f1),
        top2=top_k(rows),
        confusion=confusion(pairs),
    )


def table(report: Report) -> str:
    """Return `report` for people, in percent."""
    lines = [f"{report.n} messages", "", _row("", "n", "accuracy", "macro F1", "top-2")]
    for part in PARTS:
        if (quality := getattr(report, part)) is not None:
            lines.append(_told(part, quality))
    for part in SHOWN_CONFUSIONS:
        if (quality := getattr(report, part)) is not None:
            lines += ["", f"{part}: truth, then what it was taken for", *_confusions(quality)]
    return "\n".join(lines) + "\n"


def _told(part: str, quality: Quality) -> str:
    return _row(
        part,
        str(quality.n),
        _with(quality.accuracy, quality.accuracy_interval),
        _with(quality.macro_f1, quality.macro_f1_interval),
        _percent(quality.top2),
    )


def _confusions(quality: Quality) -> list[str]:
    return [
        f"  {truth:<16} " + "  ".join(f"{guess} {count}" for guess, count in guesses.items())
        for truth, guesses in quality.confusion.items()
    ]


def _row(*cells: str) -> str:
    first, n, *rest = cells
    return f"{first:<10}{n:>5}  " + "  ".join(f"{cell:<22}" for cell in rest).rstrip()


def _with(value: float, interval: Interval) -> str:
    return f"{_percent(value)} ({_percent(interval.low)} to {_percent(interval.high)})"


_percent: Callable[[float], str] = "{:.1%}".format
