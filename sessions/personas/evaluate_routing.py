"""How well the product chooses a mentor for labelled messages, and how fast."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from sessions.conversation import Conversation
from sessions.embedding import Encoder

from .analysis import analyse
from .catalogue import Catalogue
from .metrics import Interval, accuracy, bootstrap, ece, macro_f1, top_k
from .recommend import recommend

__all__ = ["Labelled", "Latency", "Report", "measure", "table"]

NOBODY = Conversation(session_id="")
TOLD_EVERY = 500


class Labelled(Struct, frozen=True, kw_only=True):
    """A message, the persona it is for, and where it was said, if that is known."""

    message: str
    label: Literal["lua", "elro", "riri", "nana"]
    community: str | None = None


class Latency(Struct, frozen=True, kw_only=True):
    """Milliseconds from the text to the recommendation, one text at a time."""

    p50: float
    p95: float


class Report(Struct, frozen=True, kw_only=True):
    """Shares (0 to 1) with bootstrapped 95 % intervals.

    `by_label` and `by_community` are accuracies; the latter has the named communities.
    """

    accuracy: float
    top2: float
    macro_f1: float
    ece: float
    by_label: dict[str, float]
    by_community: dict[str, float]
    latency_ms: Latency
    n: int
    intervals: dict[str, Interval]


class _Outcome(Struct, frozen=True, kw_only=True):
    truth: str
    ranked: tuple[str, ...]
    sure: float
    ms: float


def measure(
    examples: Sequence[Labelled],
    catalogue: Catalogue,
    encoder: Encoder | None,
    *,
    tell: Callable[[str], object] = lambda _: None,
) -> Report:
    """Choose for every message by itself, as at the start of a conversation of a new user.

    Raises ValueError without examples.
    """
    _outcome(Labelled(message="warm up", label="lua"), catalogue, encoder)
    outcomes = []
    for number, example in enumerate(examples, 1):
        outcomes.append(_outcome(example, catalogue, encoder))
        if number % TOLD_EVERY == 0:
            tell(f"{number} of {len(examples)}\n")
    return _report(examples, outcomes)


def _outcome(example: Labelled, catalogue: Catalogue, encoder: Encoder | None) -> _Outcome:
    began = time.perf_counter()
    vector = encoder.encode(example.message) if encoder and example.message.strip() else None
    analysis = analyse(example.message, vector=vector)
    found = recommend(example.message, analysis, NOBODY, catalogue, chosen=None, vector=vector)
    took = time.perf_counter() - began
    return _Outcome(
        truth=example.label,
        ranked=tuple(choice.persona for choice in found.choices),
        sure=found.choices[0].probability,
        ms=1000 * took,
    )


def _report(examples: Sequence[Labelled], outcomes: Sequence[_Outcome]) -> Report:
    pairs = [(each.truth, each.ranked[0]) for each in outcomes]
    bets = [(each.sure, each.truth == each.ranked[0]) for each in outcomes]
    ranked = [(each.truth, each.ranked) for each in outcomes]
    spent = sorted(each.ms for each in outcomes)
    return Report(
        accuracy=accuracy(pairs),
        top2=top_k(ranked),
        macro_f1=macro_f1(pairs),
        ece=ece(bets),
        by_label=_shares([each.label for each in examples], pairs),
        by_community=_shares([each.community for each in examples], pairs),
        latency_ms=Latency(p50=_at(spent, 0.5), p95=_at(spent, 0.95)),
        n=len(pairs),
        intervals={
            "accuracy": bootstrap(pairs, accuracy),
            "top2": bootstrap(ranked, top_k),
            "macro_f1": bootstrap(pairs, macro_f1),
            "ece": bootstrap(bets, ece),
        },
    )


def _at(ordered: Sequence[float], quantile: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(quantile * len(ordered)))], 3)


def _shares(names: Sequence[str | None], pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    groups: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, pair in zip(names, pairs, strict=True):
        if name is not None:
            groups[name].append(pair)
    return {name: round(accuracy(own), 4) for name, own in sorted(groups.items())}


def table(report: Report) -> str:
    """Return `report` for people, in percent and milliseconds."""
    lines = [f"{report.n} messages", ""]
    for name, value in (
        ("accuracy", report.accuracy),
        ("top2", report.top2),
        ("macro_f1", report.macro_f1),
        ("ece", report.ece),
    ):
        ends = report.intervals[name]
        lines.append(f"{name:<12}{value:>7.1%}  ({ends.low:.1%} to {ends.high:.1%})")
    spent = report.latency_ms
    lines.append(f"latency     p50 {spent.p50:.2f} ms, p95 {spent.p95:.2f} ms")
    for title, shares in (("label", report.by_label), ("community", report.by_community)):
        if shares:
            lines += ["", f"by {title}"]
            lines += [f"  {name:<24}{one:>8.1%}" for name, one in shares.items()]
    return "\n".join(lines) + "\n"
