"""How long turns were silent when their process died."""

from pathlib import Path

from tests.chaos.events import Broken, Event
from tests.chaos.journal import Journal, Noted, load
from tests.chaos.report import Silence, takeovers
from tests.chaos.story import delta, got, kept, snapshot, started

SERVER = Broken(kind="kill server", room="server 1")
STORE = Broken(kind="kill log", room="kill log")
RUNNING = snapshot(0, epoch="e2", running={"turn_id": "t1", "text": "", "attempt": 2})


def noted(*events: tuple[float, Event]) -> list[Noted]:
    return [Noted(at, event) for at, event in events]


def frames(*timed: tuple[float, dict[str, object]]) -> list[tuple[float, Event]]:
    return [(at, got("u0/d0", frame)[0]) for at, frame in timed]


def test_the_silence_ends_with_the_first_sign_of_the_next_attempt() -> None:
    begun = frames((1.0, started(1, 1)), (2.0, delta(2, 1, "a")))
    again = frames((9.0, started(1, 1) | {"attempt": 2}), (9.5, delta(2, 1, "a")))
    notes = noted(*begun, (2.5, SERVER), *again)
    assert takeovers(notes) == [Silence(seconds=7.0, plain=True)]


def test_a_snapshot_is_a_sign_too_and_a_store_that_was_away_is_told() -> None:
    begun = frames((1.0, started(1, 1)))
    for fault in (STORE, SERVER):
        notes = noted((0.5, fault), *begun, (1.5, SERVER), *frames((4.0, RUNNING)))
        assert takeovers(notes) == [Silence(seconds=3.0, plain=fault is SERVER)]


def test_a_turn_of_one_attempt_was_not_taken_over() -> None:
    assert takeovers(noted(*frames((1.0, started(1, 1)), (2.0, delta(2, 1, "a"))))) == []


def test_a_journal_is_read_as_it_was_saved(tmp_path: Path) -> None:
    journal = Journal()
    for event in kept():
        journal.note(event)
    journal.save(tmp_path / "journal.jsonl")
    assert load(tmp_path / "journal.jsonl") == journal.notes
