"""What is left of a run: nothing when all was kept, else what tells how it came."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.chaos.events import Opened, Put, Violation
from tests.chaos.evidence import Evidence
from tests.chaos.journal import load

BROKEN = Violation(rule="a session is gone", where="s_1")
SAID = Put(reader="u0/d0", frame={"type": "send", "client_msg_id": "c1"})


def run(
    evidence: Evidence,
    *,
    violations: tuple[Violation, ...] = (),
    error: Exception | None = None,
) -> Path:
    with evidence:
        _work(evidence)
        evidence.violations = violations
        if error is not None:
            raise error
    return evidence.directory


def new(home: Path, **options: Any) -> Evidence:
    return Evidence("cluster", 7, home=home, **{"say": lambda _: None} | options)


def _work(evidence: Evidence) -> None:
    for name in ("server-0/output.log", "server-0/data/ion.sqlite", "log/dump.rdb"):
        path = evidence.directory / name
        path.parent.mkdir(parents=True)
        path.write_text(name)
    evidence.journal.note(Opened(reader="u0/d0"))
    evidence.journal.note(SAID)


def files(directory: Path) -> list[str]:
    found = (path for path in directory.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(directory)) for path in found)


def test_a_run_that_kept_all_leaves_nothing(tmp_path: Path) -> None:
    run(new(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_broken_promise_leaves_the_journal_and_the_logs_and_no_data(tmp_path: Path) -> None:
    directory = run(new(tmp_path), violations=(BROKEN,))

    assert files(directory) == ["journal.jsonl", "run.json", "server-0/output.log"]
    assert [note.event for note in load(directory / "journal.jsonl")][-1] == SAID
    told = msgspec.json.decode((directory / "run.json").read_bytes())
    assert (told["seed"], told["house"], told["error"]) == (7, "cluster", None)
    assert told["violations"][0]["rule"] == BROKEN.rule


def test_a_run_that_fails_leaves_as_much_and_says_where(tmp_path: Path) -> None:
    said: list[str] = []
    evidence = new(tmp_path, say=said.append)
    with pytest.raises(TimeoutError):
        run(evidence, error=TimeoutError())
    assert files(evidence.directory) == ["journal.jsonl", "run.json", "server-0/output.log"]
    assert said == [f"journal and logs: {evidence.directory}"]


def test_only_the_last_runs_are_kept(tmp_path: Path) -> None:
    made = [run(new(tmp_path, most=3), violations=(BROKEN,)) for _ in range(6)]
    assert sorted(tmp_path.iterdir()) == made[-3:]


def test_all_is_kept_in_a_directory_that_was_named(tmp_path: Path) -> None:
    directory = run(new(tmp_path / "others", directory=tmp_path / "mine"))
    assert directory == tmp_path / "mine"
    assert len(files(directory)) == 5
