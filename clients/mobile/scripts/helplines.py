"""Write the server's helplines for the app; with --check say whether they are as written."""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
BOOK = ROOT / "sessions/safety/helplines.toml"
TARGET = ROOT / "clients/mobile/src/words/helplines.json"
KEPT = ("name", "contact", "url", "hours", "languages", "source", "checked")


def main(arguments: list[str]) -> int:
    """Write the file; with --check return 1 when it is not what would be written."""
    text = json.dumps(_shown(tomllib.loads(BOOK.read_text())), ensure_ascii=False, indent=1) + "\n"
    if "--check" in arguments:
        return int(TARGET.read_text() != text)
    TARGET.write_text(text)
    return 0


def _shown(book: dict[str, Any]) -> dict[str, Any]:
    return {
        "anywhere": [_line(line) for line in book["anywhere"]],
        "country": {
            code: {
                "emergency": country["emergency"],
                # a line for one topic comes behind those that serve everyone
                "lines": [_line(line) for line in sorted(country["lines"], key=_has_topic)],
            }
            for code, country in book["country"].items()
        },
        "timezones": {
            zone: code for code, zones in book["timezones"].items() for zone in zones.split()
        },
    }


def _line(line: dict[str, Any]) -> dict[str, Any]:
    return {key: line[key] for key in KEPT}


def _has_topic(line: dict[str, Any]) -> bool:
    return bool(line.get("topic"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
