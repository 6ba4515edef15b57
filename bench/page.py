"""Writes the last results into docs/performance.md: `python -m bench.page`."""

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.__main__ import ALL
from bench.harness import RESULTS

__all__ = ["main"]

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
START, END = "<!-- results -->", "<!-- end of results -->"
_PACKAGES = ("ion-mentoring", "uvicorn", "uvloop", "websockets", "litestar", "redis", "msgspec")


def main() -> None:
    """Replace what stands between the two marks by tables of all results there are."""
    page = PAGE.read_text()
    before, _, rest = page.partition(START)
    after = rest.partition(END)[2]
    body = "\n".join(_lines(_results()))
    PAGE.write_text(f"{before}{START}\n{body}\n{END}{after}")


def _results() -> list[dict[str, Any]]:
    files = (RESULTS / f"{name}.json" for name in (*ALL, "rivals"))
    return [json.loads(file.read_text()) for file in files if file.exists()]


def _lines(results: list[dict[str, Any]]) -> Iterator[str]:
    if not results:
        yield "No results yet."
        return
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    machines = sorted({each["machine"] for each in results})
    days = sorted({each["at"][:10] for each in results})
    yield f"{' to '.join({days[0]: 0, days[-1]: 0})}, on {'; '.join(machines)}, with {versions}."
    for result in results:
        yield from ("", f"**{result['title']}**", "")
        yield _row(result["columns"])
        yield _row(["---"] * len(result["columns"]))
        yield from map(_row, result["rows"])
        if result["note"]:
            yield from ("", f"{result['note'][0].upper()}{result['note'][1:]}.")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
