"""Writes the types of the contract for TypeScript, Kotlin and Swift, from schemas/generated.

`python -m clients.generate` writes what changed; a test compares.
"""

import json
import sys
from pathlib import Path
from typing import Any

from clients.generator import kotlin, model, swift, typescript

__all__ = ["CLIENTS", "documents", "main"]

CLIENTS = Path(__file__).parent
_SCHEMAS = CLIENTS.parent / "schemas" / "generated"
_WEB = "web/src/generated"
_KOTLIN = "kotlin/src/main/kotlin/ion"
_SWIFT = "swift/Sources/Ion"


def documents() -> dict[str, str]:
    """Return the generated files by their path under clients/."""
    frames = model.frames(_read("frames.schema.json"))
    resources = model.resources(_read("openapi.json"), frames)
    return {
        f"{_WEB}/frames.ts": typescript.frames(frames),
        f"{_WEB}/resources.ts": typescript.resources(resources, frames),
        f"{_KOTLIN}/Frames.kt": kotlin.frames(frames),
        f"{_KOTLIN}/Resources.kt": kotlin.resources(resources),
        f"{_SWIFT}/Frames.swift": swift.frames(frames),
        f"{_SWIFT}/Resources.swift": swift.resources(resources),
    }


def main() -> int:
    """Write the files that changed, and name them."""
    for name, text in documents().items():
        path = CLIENTS / name
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            sys.stdout.write(f"wrote clients/{name}\n")
    return 0


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_SCHEMAS / name).read_text())
    return found


if __name__ == "__main__":
    raise SystemExit(main())
