"""Measuring one rival: environment, server, and the load for each number of streams."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.harness import percentile
from bench.rivals.environment import NotInstalledError, python_of, version_of
from bench.rivals.load import Heard
from bench.rivals.rival import Rival
from bench.rivals.server import RivalServer

__all__ = ["Figure", "measured"]

_WITHIN_S = 180


class Figure(Struct, frozen=True, kw_only=True):
    """One row: what a number of streams took, or the `reason` why there is no figure."""

    rival: str
    name: str
    version: str = ""
    streams: int = 0
    tokens: int = 0
    pieces_per_token: float = 0.0
    cpu_us_per_token: float = 0.0
    first_p50_s: float = 0.0
    first_p99_s: float = 0.0
    turn_p50_s: float = 0.0
    load_share: float = 0.0
    reason: str = ""


def measured(
    key: str, rival: Rival, streams: list[int], tell: Callable[[str], None]
) -> list[Figure]:
    """Return a figure for each number of streams; the server starts anew for each."""
    try:
        tell(f"{rival.name}: its environment (made once)")
        python = python_of(rival)
        version = version_of(python, rival)
    except (NotInstalledError, subprocess.CalledProcessError) as error:
        return [Figure(rival=key, name=rival.name, reason=f"not installed: {error}")]
    figures = []
    for count in streams:
        tell(f"{rival.name}: {count} streams")
        figure = Figure(rival=key, name=rival.name, version=version, streams=count)
        try:
            figures.append(_with(figure, _heard(key, rival, python, count)))
        except _FailedError as error:
            figures.append(msgspec.structs.replace(figure, reason=str(error)))
    return figures


class _FailedError(Exception):
    pass


def _heard(key: str, rival: Rival, python: str, streams: int) -> Heard:
    with tempfile.TemporaryDirectory(prefix=f"rival-{key}-") as directory:
        server = RivalServer(rival, python, Path(directory))
        try:
            server.start()
            arguments = [key, str(server.port), str(server.pid), str(streams)]
            return _load(arguments)
        except RuntimeError as error:
            raise _FailedError(str(error).strip().splitlines()[-1]) from error
        finally:
            server.stop()


def _load(arguments: list[str]) -> Heard:
    command = [sys.executable, "-m", "bench.rivals.load", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        raise _FailedError(f"not done within {_WITHIN_S} s") from None
    if done.returncode:
        raise _FailedError(done.stderr.decode(errors="replace").strip().splitlines()[-1])
    return msgspec.json.decode(done.stdout, type=Heard)


def _with(figure: Figure, heard: Heard) -> Figure:
    return msgspec.structs.replace(
        figure,
        tokens=heard.tokens,
        pieces_per_token=heard.pieces / heard.tokens,
        cpu_us_per_token=heard.server_cpu_s / heard.tokens * 1e6,
        first_p50_s=percentile(heard.first_s, 0.5),
        first_p99_s=percentile(heard.first_s, 0.99),
        turn_p50_s=percentile(heard.turn_s, 0.5),
        load_share=heard.load_share,
    )
