"""What benchmarks share: a server in a process of its own, CPU, memory, percentiles, tables."""

import asyncio
import gc
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import uvloop
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from app.security.tokens import Tokens
from sessions.clock import SystemClock
from tests.product import ProductServer, running_product

__all__ = [
    "COMMON",
    "RESULTS",
    "SECRET",
    "Cpu",
    "cpu",
    "drive",
    "keep_off_load",
    "percentile",
    "report",
    "server",
    "spread",
    "token",
]

RESULTS = Path(__file__).parent / "results"
SECRET = "a secret that only benchmarks share, on loopback"  # noqa: S105 - of no worth
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_BUSY = 0.8
_WIDTH = 150
COMMON = {
    "ION_LOG_LEVEL": "warning",
    "ION_SECRET_KEY": SECRET,
    "ION_TRUSTED_PROXIES": "127.0.0.1",
    "ION_MAX_TURNS": "2000",
}
R = TypeVar("R")


class Cpu(Struct, frozen=True):
    """CPU seconds, user and system, that a process and its children have used."""

    own_s: float
    children_s: float

    def __sub__(self, other: "Cpu") -> "Cpu":
        return Cpu(self.own_s - other.own_s, self.children_s - other.children_s)

    def __add__(self, other: "Cpu") -> "Cpu":
        return Cpu(self.own_s + other.own_s, self.children_s + other.children_s)

    @property
    def all_s(self) -> float:
        """Return the sum of both."""
        return self.own_s + self.children_s


@contextmanager
def server(
    settings: Mapping[str, str] | None = None, *, pinned: bool = True
) -> Iterator[ProductServer]:
    """Run the product in a process of its own, on data that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ion-bench-") as directory:
        chosen = COMMON | dict(settings or {})
        with running_product(Path(directory), chosen) as product:
            if pinned:
                keep_off_load(product.pid)
            yield product


def keep_off_load(pid: int) -> None:
    """Leave the last core to the load (Linux); the child that is the log store may use all."""
    cores = os.sched_getaffinity(0)
    if len(cores) > 1:
        os.sched_setaffinity(pid, cores - {max(cores)})


def token(user_id: str) -> str:
    """Return an access token for a user that nobody made: the server asks for no more."""
    return Tokens(SECRET, clock=SystemClock(), access_s=7200).issue(user_id)


def cpu(pid: int) -> Cpu:
    """Return what a process has used since it started (Linux, to 10 ms)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    mine = (int(fields[11]) + int(fields[12])) * _TICK_S
    return Cpu(mine, sum(cpu(int(child)).all_s for child in children))


def drive(load: Coroutine[Any, Any, R]) -> tuple[R, float]:
    """Run a load in this process, on the last core; return its result and its share of a core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    gc.collect()
    gc.disable()
    began, used = time.perf_counter(), time.process_time()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            result = runner.run(load)
        share = (time.process_time() - used) / (time.perf_counter() - began)
    finally:
        gc.enable()
        os.sched_setaffinity(0, cores)
    if share > _BUSY:
        Console(stderr=True).print(
            f"[bold red]The load itself used {share:.0%} of a core: its figures are too high."
        )
    return result, share


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile; `share` from 0 to 1."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(seconds: Sequence[float], *shares: float) -> str:
    """Return percentiles of times, in milliseconds, as a cell of a table."""
    return " / ".join(f"{percentile(seconds, each) * 1000:.1f}" for each in shares) + " ms"


def report(
    name: str,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    note: str = "",
    figures: object = None,
) -> None:
    """Print a table, and write it with the figures behind it as JSON."""
    table = Table(*columns, title=title, title_justify="left", caption=note or None)
    for row in rows:
        table.add_row(*row)
    # a pipe has no width of its own
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDTH).print(table)
    RESULTS.mkdir(exist_ok=True)
    result = {
        "title": title,
        "columns": columns,
        "rows": rows,
        "note": note,
        "figures": figures,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": _machine(),
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")


def _machine() -> str:
    model = next(
        (
            line.partition(": ")[2]
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores, Linux {platform.release()}, Python {platform.python_version()}"
