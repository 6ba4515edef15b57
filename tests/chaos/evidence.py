"""What a run leaves behind: nothing when all was kept, else enough to trace what was not."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from tests.chaos.events import Violation
from tests.chaos.journal import Journal

__all__ = ["HOME", "Evidence"]

HOME = Path(tempfile.gettempdir()) / "ion-chaos"
_MOST = 20
_LOG = "output.log"


class Evidence:
    """The directory of a run, and its journal; of all runs under `home` the last `most` stay.

    Left without an exception and without `violations` it is removed. Else there stay `run.json`,
    the journal and the servers' logs, without data, and `say` is told where. With `directory`
    everything stays there.
    """

    def __init__(
        self,
        name: str,
        seed: int,
        *,
        home: Path = HOME,
        directory: Path | None = None,
        most: int = _MOST,
        say: Callable[[str], None] = print,
    ) -> None:
        self.journal = Journal()
        self.violations: Sequence[Violation] = ()
        self._began = datetime.now(UTC)
        self._about: dict[str, Any] = {"house": name, "seed": seed, "began": self._began}
        self._whole = directory is not None
        self._home, self._most, self._say = home, most, say
        stamp = self._began.strftime("%Y%m%d-%H%M%S-%f")
        self.directory = directory or home / f"{stamp}-{name}-{seed}"

    def __enter__(self) -> Self:
        self.directory.mkdir(parents=True, exist_ok=True)
        if not self._whole:
            # the names begin with their time
            for old in sorted(self._home.iterdir())[: -self._most]:
                shutil.rmtree(old, ignore_errors=True)
        return self

    def __exit__(
        self,
        _: type[BaseException] | None,
        error: BaseException | None,
        __: TracebackType | None,
    ) -> None:
        if error is None and not self.violations and not self._whole:
            shutil.rmtree(self.directory)
            return
        if not self._whole:
            _strip(self.directory)
        told = {"error": repr(error) if error else None, "violations": self.violations}
        text = msgspec.json.encode(self._about | told)
        (self.directory / "run.json").write_bytes(msgspec.json.format(text))
        self.journal.save(self.directory / "journal.jsonl")
        self._say(f"journal and logs: {self.directory}")


def _strip(directory: Path) -> None:
    """Remove all files but logs, and the folders that this leaves empty."""
    for path in sorted(directory.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.name != _LOG:
            path.unlink()
