"""What this package is made of beside its code: texts, lexicons, weights."""

from functools import cache
from hashlib import sha256
from pathlib import Path

__all__ = ["data_hash", "package_hash"]

PACKAGE = Path(__file__).parent


def data_hash(folder: Path = PACKAGE) -> str:
    """Return the hash (SHA-256, hexadecimal) of all files of data below `folder`, names included.

    It reads about 2 MB. Raises OSError.
    """
    found = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.suffix != ".py" and "__pycache__" not in path.parts:
            for part in (path.relative_to(folder).as_posix().encode(), path.read_bytes()):
                found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()


@cache
def package_hash() -> str:
    """Return the `data_hash` of this package, read once a process."""
    return data_hash()
