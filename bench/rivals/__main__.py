"""`make bench-rivals`: the product beside others on the same scripted tokens, in one run."""

import argparse
import sys
from collections.abc import Sequence

import msgspec
from rich.console import Console
from rich.table import Table

from bench.harness import RESULTS
from bench.rivals.catalogue import RIVALS
from bench.rivals.measure import Figure, measured
from bench.rivals.rival import INTERVAL_MS, TOKENS

__all__ = ["main"]

STREAMS = [20, 50, 200]
_WIDTH = 150
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
    _print(figures)
    RESULTS.mkdir(exist_ok=True)
    encoded = msgspec.json.format(msgspec.json.encode(figures), indent=1)
    (RESULTS / "rivals.json").write_bytes(encoded + b"\n")


def _print(figures: list[Figure]) -> None:
    # a pipe has no width of its own
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDTH)
    console.print(_table(figures))
    for figure in figures:
        if figure.reason:
            what = f"{figure.name} {figure.version}, {figure.streams or 'no'} streams"
            console.print(f"not measured: {what}: {figure.reason}", markup=False, soft_wrap=True)


def _table(figures: list[Figure]) -> Table:
    title = f"Streams at {INTERVAL_MS} ms a token, {TOKENS} tokens an answer"
    lasts_s = (TOKENS - 1) * INTERVAL_MS / 1000
    caption = (
        "CPU of the whole server, stores that it starts included; load: the generator's share of a"
        f" core; an answer lasts {lasts_s:.2f} s when the server keeps pace"
    )
    table = Table(*_COLUMNS, title=title, title_justify="left", caption=caption)
    for figure in figures:
        table.add_row(*_row(figure, figures))
    return table


def _row(figure: Figure, figures: list[Figure]) -> tuple[str, ...]:
    start = (figure.name, figure.version, str(figure.streams or ""))
    if figure.reason:
        return (*start, "", "[red]see below")
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
