"""The `ion eval` commands, as a user runs them."""

import gzip
import json
from pathlib import Path

import pytest

from app.cli import main

GOOD = '{"text": "너무 불안해요", "tone": "anxious", "language": "ko"}\n'


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "examples.jsonl"
    path.write_bytes(text.encode())
    return str(path)


def test_analysis_prints_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "analysis", written(tmp_path, GOOD + "\n\r\n" + GOOD)]) == 0

    told = capsys.readouterr().out
    assert "2 messages" in told
    assert "language" in told


def test_analysis_prints_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "analysis", written(tmp_path, "\ufeff" + GOOD), "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["n"] == 1
    assert found["tone"]["accuracy"] == 1.0
    assert found["tone"]["accuracy_interval"] == {"low": 1.0, "high": 1.0}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("not json", "line 2: JSON is malformed"),
        ('{"tone": "calm"}', "line 2: Object missing required field `text`"),
        ('{"text": "hi", "tone": "grumpy"}', "line 2: Invalid enum value 'grumpy' - at `$.tone`"),
        ('["hi"]', "line 2: Expected `object`, got `array`"),
    ],
)
def test_a_line_that_is_no_example_is_named(
    line: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "analysis", written(tmp_path, GOOD + line)]) == 2

    assert told in capsys.readouterr().err


def test_bytes_that_are_no_text_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "latin.jsonl"
    path.write_bytes(b'{"text": "caf\xe9"}\n')

    assert main(["eval", "analysis", str(path)]) == 2
    assert "line 1" in capsys.readouterr().err


def test_many_bad_lines_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "analysis", written(tmp_path, "x\n" * 12)]) == 2

    assert "and 7 more" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "told"), [("", "holds no examples"), (None, "can't be read")])
def test_a_file_without_examples_is_refused(
    text: str | None, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "absent.jsonl") if text is None else written(tmp_path, text)

    assert main(["eval", "analysis", path]) == 2
    assert told in capsys.readouterr().err


def test_style_tells_whose_answers_score_how_under_whose_checker(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["eval", "style", "--persona", "elro", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert (found["provider"], found["n"]) == ("offline", 40)
    scores = found["personas"]["elro"]["scores"]
    assert max(scores, key=scores.get) == "elro"


def test_style_of_a_persona_that_is_not_there_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["eval", "style", "--persona", "nobody"]) == 2
    assert "There is no persona 'nobody'." in capsys.readouterr().err


ROUTED = '{"message": "my python script crashes", "label": "elro", "community": "code"}\n'


def test_routing_prints_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, ROUTED + '{"message": "", "label": "lua"}\n')
    assert main(["eval", "routing", path, "--json", "--without-embeddings"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["n"] == 2
    assert found["by_label"]["elro"] == 1.0
    assert found["by_community"] == {"code": 1.0}
    assert set(found["latency_ms"]) == {"p50", "p95"}
    assert {"accuracy", "top2", "macro_f1", "ece"} < set(found)


def test_routing_prints_a_table_of_a_gzipped_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "examples.jsonl.gz"
    path.write_bytes(gzip.compress(ROUTED.encode()))
    assert main(["eval", "routing", str(path)]) == 0

    told = capsys.readouterr()
    assert "by community" in told.out
    assert "1 messages" in told.err


def test_a_label_that_is_no_persona_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, ROUTED + '{"message": "hi", "label": "bob"}\n')
    assert main(["eval", "routing", path]) == 2
    assert "line 2: Invalid enum value 'bob' - at `$.label`" in capsys.readouterr().err


def test_a_spoilt_gzipped_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "examples.jsonl.gz"
    path.write_bytes(b"no gzip")
    assert main(["eval", "routing", str(path)]) == 2
    assert "can't be read" in capsys.readouterr().err


REMEMBERED = (
    '{"id": "a", "language": "en", "zone": "UTC", "turns": [{"user": "Hi, I\'m Mina.", "answer":'
    ' "Hello.", "wanted": [{"kinds": ["name"], "has": "mina"}]}, {"user": "I\'m a nurse.",'
    ' "answer": "I see.", "trap": "for this test"}]}\n'
)


def test_memory_prints_what_is_junk_and_what_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "memory", written(tmp_path, REMEMBERED), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["junk"], found["kept"]) == ({"n": 1, "of": 2}, {"n": 1, "of": 1})

    assert main(["eval", "memory", written(tmp_path, REMEMBERED), "--mistakes"]) == 0
    told = capsys.readouterr().out
    assert "junk among stored facts   50.0% (1/2)" in told
    assert "a junk role: I'm a nurse" in told


def test_tokens_tells_how_far_the_estimate_is_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "tokens", written(tmp_path, GOOD), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["ko"]["texts"], found["ko"]["tokens"] > 0) == (1, True)

    assert main(["eval", "tokens", written(tmp_path, GOOD), "--model", "llama3.2"]) == 2
    assert "llama3.2" in capsys.readouterr().err
