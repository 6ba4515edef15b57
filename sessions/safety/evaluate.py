"""Measure the check on labelled texts: `python -m sessions.safety.evaluate FILE.jsonl[.gz]`."""

import gzip
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct, json

from .classify import check

__all__ = ["Case", "main", "read_cases", "table"]


class Case(Struct, frozen=True, kw_only=True):
    """A text with the label 1 (calls for help) or 0, and the kind it is counted under."""

    text: str
    label: int
    kind: str = ""


def read_cases(path: Path) -> list[Case]:
    """Return the rows of a JSON Lines file, gzipped or not; raises OSError, ValidationError."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    decoder = json.Decoder(Case)
    return [decoder.decode(line) for line in data.splitlines() if line.strip()]


def table(cases: Iterable[Case]) -> str:
    """Return how many texts of each kind and label were flagged, and the share."""
    seen: Counter[tuple[int, str]] = Counter()
    flagged: Counter[tuple[int, str]] = Counter()
    for case in cases:
        seen[case.label, case.kind] += 1
        flagged[case.label, case.kind] += check(case.text) is not None
    lines = [f"{'kind':24} {'label':>5} {'texts':>6} {'flagged':>8} {'share':>7}"]
    for key in sorted(seen, reverse=True):
        label, kind = key
        share = flagged[key] / seen[key]
        lines.append(f"{kind or '-':24} {label:5} {seen[key]:6} {flagged[key]:8} {share:7.1%}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Print the table for the file named in `arguments`; return the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m sessions.safety.evaluate FILE.jsonl[.gz]\n")
        return 2
    sys.stdout.write(table(read_cases(Path(arguments[0]))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
