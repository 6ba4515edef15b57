"""The `ion experiments` commands, as an operator runs them."""

from pathlib import Path

import pytest

from app.cli import main
from sessions.stores.sqlite import SqliteDocuments

FILE = """
name = "recommendation"
salt = "2026-11"
control = "control"
minimum = 10
steps = [{share = 0.05, weights = {control = 1.0, ensemble = 1.0}}]
metrics = [{name = "rating", kind = "mean"}]
"""


@pytest.fixture(autouse=True)
def _data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ION_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "e.toml"
    path.write_text(FILE)
    return str(path)


def run(*words: str) -> int:
    return main(["experiments", *words])


def test_an_experiment_is_started_shown_and_stopped(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("start", file) == 0
    assert run("list") == 0
    assert run("show", "recommendation") == 0
    assert run("stop", "recommendation") == 0
    assert run("list") == 0

    printed = capsys.readouterr().out
    assert "recommendation runs for 5% of the users" in printed
    assert "running, 5% of the users" in printed
    assert "too few users" in printed
    assert "next: hold (fewer than 10 users a variant)" in printed
    assert "stopped" in printed


def test_widening_against_the_figures_must_be_forced(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("start", file)

    assert run("advance", "recommendation") == 1
    assert "fewer than 10 users" in capsys.readouterr().err
    assert run("advance", "recommendation", "--force") == 0
    assert "10% of the users" in capsys.readouterr().out
    assert run("roll-back", "recommendation") == 0
    assert run("advance", "recommendation", "--force") == 2


def test_what_makes_no_sense_is_refused_in_words(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(FILE.replace("0.05", "1.05"))

    assert run("start", str(wrong)) == 2
    assert "wrong.toml" in capsys.readouterr().err
    assert run("start", str(tmp_path / "none.toml")) == 1
    assert run("show", "other") == 1
    assert "no experiment" in capsys.readouterr().err
    assert run("start", file) == 0
    assert run("start", file) == 1
    assert "used before" in capsys.readouterr().err


def test_looking_at_experiments_logs_nothing(
    file: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[object] = []
    monkeypatch.setattr(SqliteDocuments, "sweep", lambda *_: swept.append(1))
    run("start", file)
    run("list")
    run("show", "recommendation")

    assert not swept
    assert capsys.readouterr().err == ""
