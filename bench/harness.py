"""What benchmarks share: a server in a process of its own, its CPU, percentiles, tables."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.product import ProductServer, running_product

__all__ = ["cpu_s", "percentile", "report", "server"]

RESULTS = Path(__file__).parent / "results"
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@contextmanager
def server(settings: Mapping[str, str] | None = None) -> Iterator[ProductServer]:
    """Run the product in a process of its own, on data that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ion-bench-") as directory:
        chosen = {"ION_LOG_LEVEL": "warning"} | dict(settings or {})
        with running_product(Path(directory), chosen) as product:
            yield product


def cpu_s(pid: int) -> float:
    """Return the CPU seconds, user and system, of a process and its children (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    mine = (int(fields[11]) + int(fields[12])) * _TICK_S
    return mine + sum(cpu_s(int(child)) for child in children)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile; `share` from 0 to 1."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(name: str, title: str, rows: Sequence[tuple[str, str]], figures: object) -> None:
    """Print a table and write the figures as JSON."""
    table = Table("figure", "value", title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console(file=sys.stdout).print(table)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n")
