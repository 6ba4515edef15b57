"""`make bench`: all benchmarks, or those that are named: `make bench ARGS="streams idle"`."""

import sys
from importlib import import_module

ALL = (
    "streams",
    "idle",
    "burst",
    "http",
    "apis",
    "browsers",
    "fanout",
    "storm",
    "cuts",
    "takeover",
    "processes",
    "cache",
    "recall",
    "erasure",
    "push",
)


def main(names: list[str]) -> int:
    """Run the named benchmarks one after the other; returns 2 when there is no such."""
    if unknown := set(names) - set(ALL):
        sys.stderr.write(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(ALL)}\n")
        return 2
    for name in names or ALL:
        import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
