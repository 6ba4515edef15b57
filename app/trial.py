"""A data directory to try things in: the one that is used already, or one that is thrown away."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import structs

from app.embedded import locked
from app.settings import Settings

__all__ = ["nearest", "on_trial"]


@contextmanager
def on_trial(settings: Settings) -> Iterator[Settings]:
    """Yield settings under which nothing is made in their data directory that is not there.

    Raises DataDirBusyError, and OSError where nothing could be made.
    """
    if _is_made(settings):
        yield settings
        return
    _check(settings.data_dir)
    if (settings.data_dir / "lock").exists():
        with locked(settings.data_dir):
            pass
    with tempfile.TemporaryDirectory(prefix="ion-") as folder:
        yield structs.replace(settings, data_dir=Path(folder))


def _is_made(settings: Settings) -> bool:
    """Tell whether all is there that a server makes in its data directory on the first start."""
    wanted = {
        "lock": settings.embedded_log or settings.embedded_documents,
        "valkey": settings.embedded_log,
        "ion.sqlite": settings.embedded_documents,
        "secret_key": not settings.secret_key,
    }
    return all((settings.data_dir / name).exists() for name, needed in wanted.items() if needed)


def nearest(path: Path) -> Path:
    """Return a path, or what is there of it."""
    path = path.absolute()
    return next(each for each in (path, *path.parents) if each.exists())


def _check(path: Path) -> None:
    """Raise OSError where no files can be made in a directory, or it can't be made itself."""
    there = nearest(path)
    if not there.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(there, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
