"""The table at the end of a run."""

from rich.console import Console
from rich.table import Table

from tests.chaos_push.checks import broken, extra, in_flight, lost, recoveries
from tests.chaos_push.run import Outcome

__all__ = ["print_outcome"]


def print_outcome(outcome: Outcome) -> None:
    """Print what was done, and what was not kept."""
    plan, more = outcome.plan, extra(outcome)
    again = recoveries(outcome)
    after_s, watched_s = (
        sorted(each) or [0.0] for each in ([r.after_s for r in again], [r.watched_s for r in again])
    )
    table = Table(title=f"workers killed, seed {outcome.seed}", title_justify="left")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in (
        ("notifications", f"{len(outcome.wanted):,}"),
        ("to phones", f"{sum(map(len, outcome.wanted.values())):,}"),
        ("took", f"{outcome.took_s:.0f} s"),
        ("workers", plan.workers),
        ("killed with -9", len(outcome.kills)),
        ("requests in flight then", len(in_flight(outcome))),
        ("requests", f"{sum(map(len, outcome.asked.values())):,}"),
        ("lost", len(list(lost(outcome)))),
        ("extra requests", sum(more.values())),
        ("most extra for one", max(more.values(), default=0)),
        ("lease + poll", f"{plan.lease_s + plan.poll_s:.1f} s"),
        ("made again after, median", f"{after_s[len(after_s) // 2]:.1f} s"),
        ("made again after, longest", f"{after_s[-1]:.1f} s"),
        ("since a worker lived so long, longest", f"{watched_s[-1]:.1f} s"),
    ):
        table.add_row(name, str(value))
    Console(width=100).print(table)
    violations = broken(outcome)
    print(f"violations: {len(violations)}")
    for each in violations[:40]:
        print(f"  {each}"[:300])
