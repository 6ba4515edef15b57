"""What the model is trained on: labelled posts from outside, and written examples."""

import gzip
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from random import Random

import msgspec
from msgspec import Struct

__all__ = ["NOBODY", "DataMissing", "Row", "fold_of", "read_rows", "written_rows"]

NOBODY = "nobody"
EACH = 14
CHOICE = re.compile(r"\{([^}]*)\}")


class DataMissing(Exception):
    """The file of posts is not there, or its lines are not what they should be."""


class Row(Struct, frozen=True, kw_only=True):
    """A message with the persona it belongs to; written ones have no community."""

    message: str
    label: str
    community: str = ""
    title: str = ""


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a gzipped file of JSON lines; raises DataMissing."""
    try:
        lines = gzip.decompress(path.read_bytes()).splitlines()
        rows = msgspec.json.decode(b"[" + b",".join(lines) + b"]", type=list[Row])
    except (OSError, EOFError, msgspec.MsgspecError) as error:
        raise DataMissing(f"{path} can't be read: {type(error).__name__}") from error
    if not rows:
        raise DataMissing(f"{path} can't be read: it holds no rows")
    return rows


def written_rows(seed: int) -> list[Row]:
    """Return the packaged examples with their alternatives filled in at random, none twice."""
    chance = Random(seed)  # noqa: S311 - sampling, not cryptography
    packaged = files("sessions.personas.routing").joinpath("seeds.toml")
    found: dict[str, Row] = {}
    for label, table in tomllib.loads(packaged.read_text(encoding="utf-8")).items():
        for line in table["lines"]:
            for text in _filled(line, chance):
                found.setdefault(text, Row(message=text, label=label))
    return list(found.values())


def _filled(line: str, chance: Random) -> Iterator[str]:
    for _ in range(EACH):
        text = CHOICE.sub(lambda match: chance.choice(match[1].split("|")), line)
        yield re.sub(r" +([,:])", r"\1", " ".join(text.split()))


def fold_of(rows: Sequence[Row], folds: int) -> dict[str, int]:
    """Return the fold of each community, those of one label spread over all folds."""
    communities: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        communities[row.label].add(row.community)
    return {
        community: place % folds
        for label in sorted(communities)
        for place, community in enumerate(sorted(communities[label]))
    }
