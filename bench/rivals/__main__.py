"""`make bench-rivals`: the product beside others on the same scripted tokens, in one run."""

import argparse
from collections.abc import Sequence

import msgspec
from rich.console import Console

from bench.harness import report
from bench.rivals.catalogue import RIVALS
from bench.rivals.measure import Figure, measured
from bench.rivals.rival import INTERVAL_MS, TOKENS

__all__ = ["main"]

STREAMS = [20, 50, 200]
_COLUMNS = (
    "server",
    "version",
    "streams",
    "tokens",
    "pieces a token",
    "CPU µs a token",
    "to bare",
    "to ION",
    "first token p50 / p99",
    "answer p50",
    "load",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and write bench/results/rivals.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=RIVALS, default=list(RIVALS))
    parser.add_argument("--streams", nargs="+", type=int, default=STREAMS)
    options = parser.parse_args(arguments)
    figures: list[Figure] = []
    progress = Console(stderr=True, style="dim")
    for key in options.only:
        figures += measured(key, RIVALS[key], options.streams, progress.print)
    _report(figures)


def _report(figures: list[Figure]) -> None:
    lasts_s = (TOKENS - 1) * INTERVAL_MS / 1000
    report(
        "rivals",
        f"Beside others: streams at {INTERVAL_MS} ms a token, {TOKENS} tokens an answer",
        _COLUMNS,
        [_row(figure, figures) for figure in figures],
        note="CPU of the whole server, stores that it starts included; load: the generator's share"
        f" of a core; an answer lasts {lasts_s:.2f} s when the server keeps pace"
        + "".join(map(_unmeasured, figures)),
        figures=msgspec.to_builtins(figures),
    )


def _unmeasured(figure: Figure) -> str:
    if not figure.reason:
        return ""
    what = f"{figure.name} {figure.version}, {figure.streams or 'no'} streams"
    return f"; not measured: {what}: {figure.reason}"


def _row(figure: Figure, figures: list[Figure]) -> tuple[str, ...]:
    start = (figure.name, figure.version, str(figure.streams or ""))
    if figure.reason:
        return (*start, *[""] * (len(_COLUMNS) - len(start)))
    return (
        *start,
        str(figure.tokens),
        f"{figure.pieces_per_token:.2f}",
        f"{figure.cpu_us_per_token:.0f}",
        _ratio(figure, figures, "bare"),
        _ratio(figure, figures, "ion"),
        f"{figure.first_p50_s * 1000:.0f} / {figure.first_p99_s * 1000:.0f} ms",
        f"{figure.turn_p50_s:.2f} s",
        f"{figure.load_share:.0%}",
    )


def _ratio(figure: Figure, figures: list[Figure], to: str) -> str:
    """Return how many times as much CPU as `to` took at as many streams, if it was measured."""
    for other in figures:
        if (other.rival, other.streams) == (to, figure.streams) and other.cpu_us_per_token:
            return f"{figure.cpu_us_per_token / other.cpu_us_per_token:.1f}x"
    return ""


if __name__ == "__main__":
    main()
