"""Labelled examples from a file of JSON lines."""

import gzip
import zlib
from pathlib import Path
from typing import TypeVar

import msgspec

__all__ = ["LinesInvalid", "read_lines"]

T = TypeVar("T")
TOLD = 5


class LinesInvalid(Exception):
    """The file can't be read, holds nothing, or holds lines that are no examples.

    The message names the file, and the first bad lines by number.
    """


def read_lines(path: Path, kind: type[T]) -> list[T]:
    """Return the lines of `path`, gzipped when it ends so, as values of `kind`; no blank ones.

    Raises LinesInvalid.
    """
    try:
        lines = _read(path).removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or error
        raise LinesInvalid(f"{path} can't be read ({why})") from None
    decoder = msgspec.json.Decoder(kind)
    found: list[T] = []
    wrong: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(decoder.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            wrong.append(f"  line {number}: {error}")
    if wrong:
        more = [f"  and {len(wrong) - TOLD} more"] if len(wrong) > TOLD else []
        raise LinesInvalid(
            "\n".join([f"{path} holds lines that can't be used:", *wrong[:TOLD], *more])
        )
    if not found:
        raise LinesInvalid(f"{path} holds no examples")
    return found


def _read(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data
