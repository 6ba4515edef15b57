"""The tables at the end of a run."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from rich.console import Console
from rich.table import Table

from tests.chaos.events import Asked, Broken, Got, History
from tests.chaos.harness import Outcome
from tests.chaos.journal import Noted

__all__ = ["Silence", "print_outcome", "takeovers"]


class Silence(Struct, frozen=True, kw_only=True):
    """How long readers saw nothing of a turn before its next attempt began.

    `plain` says that killed or paused servers were all that was broken meanwhile.
    """

    seconds: float
    plain: bool


def takeovers(notes: Sequence[Noted]) -> list[Silence]:
    """Return the silence of each turn that began a second attempt, the shortest first.

    A frame that a reader is sent late, when it comes back, makes a silence look shorter.
    """
    last: dict[str, float] = {}
    silences: dict[str, Silence] = {}
    for note in notes:
        if not isinstance(note.event, Got):
            continue
        frame = note.event.frame
        running = frame.get("running_turn") or {}
        turn_id = frame.get("turn_id") or running.get("turn_id")
        if turn_id is None:
            continue
        attempt = frame.get("attempt") or running.get("attempt") or 1
        if attempt > 1 and turn_id in last and turn_id not in silences:
            plain = _plain(notes, last[turn_id], note.at)
            silences[turn_id] = Silence(seconds=note.at - last[turn_id], plain=plain)
        if frame["type"] != "snapshot":
            last[turn_id] = note.at
    return sorted(silences.values(), key=lambda each: each.seconds)


def _plain(notes: Sequence[Noted], since: float, until: float) -> bool:
    broken: dict[str, str] = {}
    met: set[str] = set()
    for note in notes:
        if note.at > until:
            break
        if not isinstance(note.event, Broken):
            continue
        if note.event.over:
            broken.pop(note.event.room, None)
        else:
            broken[note.event.room] = note.event.kind
        if note.at >= since:
            met.add(note.event.kind)
        else:
            met = set(broken.values())
    return met <= {"kill server", "pause server"}


def done(outcome: Outcome) -> dict[str, int]:
    """Count what happened in a run."""
    events = [note.event for note in outcome.journal.notes]
    frames = [event.frame for event in events if isinstance(event, Got)]
    kinds = [frame["type"] for frame in frames]
    messages = [each for event in events if isinstance(event, History) for each in event.messages]
    attached = [frame for frame in frames if frame["type"] == "attached"]
    return dict(sorted(outcome.journal.did.items())) | {
        "attaches asked": sum(isinstance(event, Asked) for event in events),
        "resumes (recovered)": sum(frame["recovered"] for frame in attached),
        "snapshots": kinds.count("snapshot"),
        "epochs": len({(each["session_id"], each["epoch"]) for each in attached}),
        "log frames read": sum("seq" in frame for frame in frames) - 2 * kinds.count("snapshot"),
        "turns": len({each["turn_id"] for each in messages}),
        "turns stopped": sum(_stopped(each) for each in messages),
        "turns failed": len({each["turn_id"] for each in messages if each.get("failed")}),
        "messages kept": sum(each["role"] == "user" for each in messages),
    }


def _stopped(message: dict[str, object]) -> bool:
    answered = message.get("answered")
    return isinstance(answered, dict) and answered.get("finish_reason") == "stopped"


def print_outcome(name: str, outcome: Outcome) -> None:
    """Print what was broken, what was done and what was not kept."""
    console = Console(width=110)
    table = Table(title=f"{name}, seed {outcome.seed}", title_justify="left")
    for heading in ("faults", "", "what happened", ""):
        table.add_column(heading, justify="right" if not heading else "left")
    for left, right in _side_by_side(sorted(outcome.injected.items()), [*done(outcome).items()]):
        table.add_row(*map(str, (*left, *right)))
    console.print(table)
    _print_silences(takeovers(outcome.journal.notes))
    print(f"violations: {len(outcome.violations)}")
    for each in outcome.violations[:40]:
        print(f"  {each}"[:600])


def _print_silences(silences: Sequence[Silence]) -> None:
    for name, some in (
        ("turns taken over", silences),
        ("of these, nothing but servers was broken for", [s for s in silences if s.plain]),
    ):
        if some:
            median, longest = some[len(some) // 2].seconds, some[-1].seconds
            print(f"{name}: {len(some)}; silence: median {median:.1f} s, longest {longest:.1f} s")


def _side_by_side(
    left: Sequence[tuple[str, int]], right: Sequence[tuple[str, int]]
) -> Iterable[tuple[tuple[str, int | str], tuple[str, int | str]]]:
    empty: tuple[str, int | str] = ("", "")
    for i in range(max(len(left), len(right))):
        yield left[i] if i < len(left) else empty, right[i] if i < len(right) else empty
