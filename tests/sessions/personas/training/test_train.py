"""The command that trains, on a few made-up posts."""

import gzip
import json
from pathlib import Path
from random import Random

import pytest

from sessions.personas.resonance import CORE
from sessions.personas.routing import grams, load_model
from sessions.personas.train import main
from sessions.personas.training.rows import NOBODY, Row, fold_of, written_rows
from sessions.personas.training.vectors import evenly

pytest.importorskip("sklearn")

WORDS = {"lua": "moon star", "elro": "stone wall", "riri": "river lake", "nana": "bridge road"}


def write_posts(folder: Path, name: str, each: int, seed: int) -> None:
    chance = Random(seed)
    lines = [
        json.dumps(
            {
                "community": f"{label}{number % 4}",
                "title": word,
                "message": f"{word} {chance.choice(words.split())} {chance.random():.3f}",
                "label": label,
            }
        )
        for label, words in WORDS.items()
        for number in range(each)
        for word in [chance.choice(words.split())]
    ]
    (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))


def test_a_training_writes_a_model_its_metrics_and_its_card(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_posts(tmp_path, "train", 24, 1)
    write_posts(tmp_path, "dev", 8, 2)
    arguments = [str(tmp_path), "--without-embeddings", "--out", str(tmp_path / "out")]

    assert main(arguments) == 0

    model = load_model(tmp_path / "out" / "model.npz")
    for label, words in WORDS.items():
        odds, _ = model.read(grams(words), None)
        assert max(odds, key=lambda one: odds[one]) == label
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert metrics["figures"]["seen, without embeddings"]["accuracy"] == 1.0
    assert metrics["figures"]["unseen, without embeddings"]["n"] == 96
    assert "Limits" in (tmp_path / "out" / "model_card.md").read_text()
    assert "unseen, without embeddings" in capsys.readouterr().err


def test_an_evaluation_writes_nothing(tmp_path: Path) -> None:
    write_posts(tmp_path, "train", 8, 1)
    write_posts(tmp_path, "dev", 8, 2)
    assert main([str(tmp_path), "--without-embeddings", "--evaluate"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dev.jsonl.gz", "train.jsonl.gz"]


@pytest.mark.parametrize(
    "spoilt",
    [None, b"", b"not gzip", gzip.compress(b'{"label": "lua"}')],
    ids=["absent", "empty", "not gzip", "no message"],
)
def test_without_data_it_says_so_and_fails(
    spoilt: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if spoilt is not None:
        (tmp_path / "train.jsonl.gz").write_bytes(spoilt)
    assert main([str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert "train.jsonl.gz can't be read" in told
    assert "the model in the package is used" in told


def test_written_examples_are_for_all_personas_in_both_languages_and_the_same_again() -> None:
    rows = written_rows(1)
    assert {row.label for row in rows} == {*CORE, NOBODY}
    assert rows == written_rows(1)
    assert not any("{" in row.message or "|" in row.message for row in rows)
    for label in CORE:
        own = [row.message for row in rows if row.label == label]
        korean = sum(any("가" <= letter <= "힣" for letter in text) for text in own)
        assert 20 <= korean <= len(own) - 20


def test_written_examples_are_none_of_the_commands_it_is_measured_on() -> None:
    held = Path("tests/eval/short_commands.jsonl").read_text(encoding="utf-8").splitlines()
    commands = {json.loads(line)["message"].lower() for line in held}
    assert len(commands) >= 100
    assert not commands & {row.message.lower() for row in written_rows(2013)}


def test_the_communities_of_a_persona_are_spread_over_the_folds() -> None:
    rows = [
        Row(message="m", label=label, community=f"{label}{number}")
        for label in CORE
        for number in range(5)
    ]
    folds = fold_of(rows, 4)
    for label in CORE:
        assert {folds[f"{label}{number}"] for number in range(5)} == {0, 1, 2, 3}


def test_posts_are_taken_from_every_community_in_turn() -> None:
    rows = [Row(message=text, label="lua", community=text[0]) for text in ("a1", "a2", "a3", "b1")]
    assert [row.message for row in evenly(rows)] == ["a1", "b1", "a2", "a3"]
