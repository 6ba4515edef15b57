"""Which turns a session shows, as far as its acks tell: turns are a tree, a fork is a sibling."""

from collections.abc import Iterable, Mapping

__all__ = ["shown_turns"]


def shown_turns(turns: Iterable[str], forks: Mapping[str, str]) -> set[str]:
    """Return the turns from the newest back to the beginning of its branch.

    Ids sort by time. `forks` maps a turn that was made to stand in another's place to that one; any
    other turn follows the one that was the newest when it was made.
    """
    parents: dict[str, str | None] = {}
    newest: str | None = None
    for turn in sorted({*turns, *forks}):
        parents[turn] = parents.get(forks[turn]) if turn in forks else newest
        newest = turn
    shown = set()
    while newest is not None:
        shown.add(newest)
        newest = parents[newest]
    return shown
