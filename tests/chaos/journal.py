"""The record of a run: every event with its time."""

import time
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.chaos.events import Event

__all__ = ["Journal", "Noted", "load"]


class Noted(Struct, frozen=True):
    """An event, and the second of the run in which it happened."""

    at: float
    event: Event


class Journal:
    """Collects events in the order in which they happen, and counts what users did."""

    def __init__(self) -> None:
        self.notes: list[Noted] = []
        self.did: dict[str, int] = {}
        self._began = time.monotonic()

    @property
    def now(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._began

    def note(self, event: Event) -> None:
        """Record an event."""
        self.notes.append(Noted(self.now, event))

    def count(self, what: str, times: int = 1) -> None:
        """Count something that was done."""
        self.did[what] = self.did.get(what, 0) + times

    def save(self, path: Path) -> None:
        """Write one line of JSON for each event."""
        path.write_bytes(msgspec.json.Encoder().encode_lines(self.notes))


def load(path: Path) -> list[Noted]:
    """Read what `save` wrote."""
    return msgspec.json.Decoder(Noted).decode_lines(path.read_bytes())
