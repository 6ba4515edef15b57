"""`make conformance`: what came of Autobahn's WebSocket cases, as a table."""

import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.conformance.suite import ECHOES, Outcome, outcomes

__all__ = ["main"]


def main() -> int:
    """Run and print; returns 1 when the product fails a case that `websockets` passes."""
    console = Console(file=sys.stdout)
    table = Table(
        "server", "cases", "passed", "failed", "which", title="Autobahn's WebSocket cases"
    )
    failed: dict[str, set[str]] = {}
    for name, module in ECHOES.items():
        with (
            console.status(f"running the cases against {name}"),
            tempfile.TemporaryDirectory() as at,
        ):
            found = outcomes(module, Path(at))
        failed[name] = {each.id for each in found if not each.passed}
        table.add_row(*_row(name, found))
    console.print(table)
    return int(not failed["product"] <= failed["websockets"])


def _row(name: str, found: list[Outcome]) -> tuple[str, ...]:
    wrong = [each for each in found if not each.passed]
    which = "\n".join(f"{each.id}: {each.reason}" for each in wrong)
    return (name, str(len(found)), str(len(found) - len(wrong)), str(len(wrong)), which)


if __name__ == "__main__":
    raise SystemExit(main())
