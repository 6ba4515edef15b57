"""Streams over one, two and four worker processes that share one port and their stores."""

from bench.harness import drive, report, server, spread
from bench.streams import INTERVAL_MS, SCRIPTED, TOKENS, Streams, answers

__all__ = ["main"]

COUNTS = (1, 2, 4)
STREAMS = 300
TURNS = 3


def main() -> None:
    """Measure, print and write bench/results/processes.json."""
    rows, figures = [], []
    for count in COUNTS:
        with server(SCRIPTED | {"ION_WORKERS": str(count)}, pinned=False) as product:
            load = answers([product.pid], [product.ws_url], streams=STREAMS, turns=TURNS)
            heard, share = drive(load)
        rows.append(_row(count, heard, share))
        figures.append(
            {
                "processes": count,
                "tokens_a_second": heard.tokens / heard.elapsed_s,
                "us_per_token": heard.token_us(heard.used.all_s),
            }
        )
    report(
        "processes",
        f"{STREAMS} streams over worker processes, {INTERVAL_MS} ms a token, {TOKENS} a turn",
        ("processes", "tokens a second", "CPU a token", "first delta p50 / p99", "gap", "load"),
        rows,
        note="embedded stores; more processes than cores only share them",
        figures=figures,
    )


def _row(count: int, heard: Streams, share: float) -> tuple[str, ...]:
    return (
        str(count),
        f"{heard.tokens / heard.elapsed_s:.0f}",
        f"{heard.token_us(heard.used.all_s):.0f} µs",
        spread(heard.first_s, 0.5, 0.99),
        spread(heard.gaps_s, 0.5, 0.99),
        f"{share:.0%}",
    )


if __name__ == "__main__":
    main()
