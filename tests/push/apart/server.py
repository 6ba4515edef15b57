"""The worker as a child process that can be killed."""

import sys
from pathlib import Path

import msgspec

from tests.push.apart.figures import Figures
from tests.push.apart.place import Place
from tests.servers import Server

__all__ = ["WorkerServer"]


class WorkerServer(Server):
    """A worker of the outbox; it has no port, and says when it is ready."""

    def __init__(self, directory: Path, place: Place) -> None:
        argument = msgspec.json.encode(place).decode()
        super().__init__(directory, [sys.executable, "-m", "tests.push.apart", argument], 0)
        self._place = place
        self._lives = 0

    def start(self) -> None:
        """Start it and wait until it works."""
        self._lives = self._times_ready()
        super().start()

    def confessions(self) -> list[str]:
        """Return what it printed that it should not have."""
        return [line for line in self.output().splitlines() if line != "ready"]

    def figures(self) -> Figures:
        """Return what it measured before it ended."""
        return msgspec.json.decode(Path(self._place.figures).read_bytes(), type=Figures)

    def output(self) -> str:
        """Return all that it printed so far."""
        log = self.directory / "output.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def _answers(self) -> bool:
        return self._times_ready() > self._lives

    def _times_ready(self) -> int:
        return self.output().count("ready\n")
