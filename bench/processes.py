"""Streams over one, two and four processes that share their stores."""

from bench.harness import drive, report, spread
from bench.house import processes
from bench.streams import INTERVAL_MS, SCRIPTED, TOKENS, answers

__all__ = ["main"]

COUNTS = (1, 2, 4)
STREAMS_EACH = 25
TURNS = 3


def main() -> None:
    """Measure, print and write bench/results/processes.json."""
    rows, figures = [], []
    for count in COUNTS:
        with processes(count, SCRIPTED) as servers:
            load = answers(
                [each.pid for each in servers],
                [each.ws_url for each in servers],
                streams=count * STREAMS_EACH,
                turns=TURNS,
            )
            heard, share = drive(load)
        rows.append(
            (
                str(count),
                str(count * STREAMS_EACH),
                f"{heard.tokens / heard.elapsed_s:.0f}",
                f"{heard.token_us(heard.used.own_s):.0f} µs",
                spread(heard.gaps_s, 0.5, 0.99),
                f"{share:.0%}",
            )
        )
        figures.append(
            {
                "processes": count,
                "tokens_a_second": heard.tokens / heard.elapsed_s,
                "server_us_per_token": heard.token_us(heard.used.own_s),
            }
        )
    report(
        "processes",
        f"Processes that share Redis and documents, {INTERVAL_MS} ms a token, {TOKENS} a turn",
        ("processes", "streams", "tokens a second", "CPU a token", "gap p50 / p99", "load"),
        rows,
        note="more processes than cores only share them; the documents are a slow stand-in",
        figures=figures,
    )


if __name__ == "__main__":
    main()
