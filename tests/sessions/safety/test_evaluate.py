"""The table over labelled texts."""

import gzip
import runpy
import sys
from pathlib import Path

import pytest

from sessions.safety.evaluate import main

ROWS = (
    b'{"text": "I want to die", "label": 1, "kind": "plea"}\n\n'
    b'{"text": "good morning", "label": 1, "kind": "plea"}\n'
    b'{"text": "I like tea", "label": 0}\n'
)


@pytest.mark.parametrize("packed", [False, True])
def test_recall_and_false_alarms_are_counted_by_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, packed: bool
) -> None:
    path = tmp_path / ("cases.jsonl.gz" if packed else "cases.jsonl")
    path.write_bytes(gzip.compress(ROWS) if packed else ROWS)
    assert main([str(path)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == [["plea", "1", "2", "1", "50.0%"], ["-", "0", "1", "0", "0.0%"]]


def test_a_missing_file_name_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_it_runs_as_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(ROWS)
    monkeypatch.setattr(sys, "argv", ["evaluate", str(path)])
    monkeypatch.delitem(sys.modules, "sessions.safety.evaluate")
    with pytest.raises(SystemExit) as left:
        runpy.run_module("sessions.safety.evaluate", run_name="__main__")
    assert left.value.code == 0
