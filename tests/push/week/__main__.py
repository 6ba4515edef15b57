"""A week of a thousand users over a change of clocks: python -m tests.push.week [seed] [users]."""

import asyncio
import sys
import time
from collections import Counter

from rich.console import Console
from rich.table import Table

from tests.push.week.promises import at_night, broken, too_often, unsettled
from tests.push.week.week import AUTUMN, SPRING, Week, lived
from tests.virtual_time import VirtualTimeLoop


def _one(seed: int, users: int, begin: str) -> tuple[Week, float]:
    began = time.perf_counter()
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        week = runner.run(lived(seed, users, {"autumn": AUTUMN, "spring": SPRING}[begin]))
    return week, time.perf_counter() - began


def _figures(week: Week, took_s: float) -> dict[str, int | str]:
    replies = Counter(row.state for row in week.rows.values() if row.kind == "reply_ready")
    kinds = Counter(
        week.rows[each].kind
        for each in {s.message.notification_id for s in week.carrier.sent}
        if each in week.rows
    )
    return {
        "users": len(week.people),
        "begins": f"{week.begin:%Y-%m-%d}",
        **{f"replies {state}": count for state, count in sorted(replies.items())},
        **{f"told: {kind}": count for kind, count in sorted(kinds.items())},
        "requests": week.carrier.requests,
        "in quiet hours": len(list(at_night(week))),
        "caps broken": len(list(too_often(week))),
        "replies neither told nor taken back": len(list(unsettled(week))),
        "promises broken": len(broken(week)),
        "took": f"{took_s:.0f} s",
    }


def _main(seed: int, users: int) -> int:
    weeks = {name: _one(seed, users, name) for name in ("autumn", "spring")}
    columns = {name: _figures(*lived) for name, lived in weeks.items()}
    table = Table("figure", *columns, title=f"a week, seed {seed}", title_justify="left")
    for figure in dict.fromkeys(each for column in columns.values() for each in column):
        table.add_row(figure, *(str(column.get(figure, 0)) for column in columns.values()))
    Console(width=100).print(table)
    faults = [fault for week, _ in weeks.values() for fault in broken(week)]
    for fault in faults[:20]:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]]
    sys.exit(_main(*[*numbers, *[1, 1000][len(numbers) :]]))
