"""A virtual environment for each rival, with the exact releases of its requirements.txt."""

import shutil
import subprocess
import sys
from pathlib import Path

from bench.rivals.rival import Rival

__all__ = ["NotInstalledError", "python_of", "version_of"]

_ENVIRONMENTS = Path(__file__).parent.parent / ".rivals"


class NotInstalledError(Exception):
    """A rival's environment can't be made; the message is the installer's last words."""


def python_of(rival: Rival) -> str:
    """Return the Python that runs a rival, made when it is missing or its pins have changed.

    Raises NotInstalledError.
    """
    if rival.folder is None:
        return sys.executable
    wanted = rival.folder / "requirements.txt"
    environment = _ENVIRONMENTS / rival.folder.name
    made = environment / "made-of.txt"
    python = environment / "bin" / "python"
    if not made.exists() or made.read_text() != wanted.read_text():
        _make(environment, python, wanted)
        shutil.copy(wanted, made)
    return str(python)


def version_of(python: str, rival: Rival) -> str:
    """Return the version of a rival as its environment tells it."""
    ask = f"import importlib.metadata as m; print(m.version({rival.package!r}))"
    return subprocess.check_output([python, "-c", ask], text=True).strip()


def _make(environment: Path, python: Path, wanted: Path) -> None:
    shutil.rmtree(environment, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(environment)])
    _run([str(python), "-m", "pip", "install", "-q", "--no-deps", "-r", str(wanted)])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NotInstalledError(said[-1] if said else f"exit code {done.returncode}")
