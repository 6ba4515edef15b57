"""`ion eval recall`, as a user runs it, on dialogues of the product's own."""

import json
from pathlib import Path

import pytest

from app.cli import main

FILES = Path(__file__).parents[1] / "eval" / "recall"


def test_recall_prints_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "recall", str(FILES / "bookshop.json"), "--json", "--no-encoder"]) == 0
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert (found["turns"], found["questions"], found["left_out"]) == (21, 11, 1)
    assert found["encoder"] is None
    for shares in (found, found["by_category"]["4"]):
        assert list(shares["recall_at"]) == ["1", "5", "10", "20"]
        assert list(shares["recall_at"].values()) == sorted(shares["recall_at"].values())
        for cut, share in shares["recall_at"].items():
            assert shares["all_at"][cut] <= share <= shares["any_at"][cut] <= 1
    assert found["recall_at"]["10"] > 0.9
    assert found["latency_ms"]["p50"] > 0
    assert "indexed 21 of 21 turns" in told.err


def test_recall_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "recall", str(FILES / "bees.json"), "--no-encoder"]) == 0
    told = capsys.readouterr().out
    assert "57 questions about 110 turns, by words alone; 1 without evidence left out" in told
    assert "category 5" in told


def test_a_file_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.json"
    path.write_text("[1]")
    assert main(["eval", "recall", str(path)]) == 2
    assert "holds no list of dialogues" in capsys.readouterr().err
