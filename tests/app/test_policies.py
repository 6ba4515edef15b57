"""The `ion policy` commands, as an operator runs them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.cli import main
from sessions.archive import COLLECTIONS
from sessions.profiles.documents import CHOICES, ChoiceDocument
from sessions.profiles.policies import load_current, promote
from sessions.profiles.policy import POLICIES, STEADY
from sessions.profiles.replay import Logged
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.profiles.choices import elro_is_better, likes_nothing, logged

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ION_DATA_DIR", str(tmp_path))


def in_store(tmp_path: Path, work: Callable[[SqliteDocuments], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        documents = SqliteDocuments(tmp_path / "ion.sqlite", COLLECTIONS)
        await documents.open()
        try:
            return await work(documents)
        finally:
            await documents.aclose()

    return asyncio.run(run())


def written(tmp_path: Path, rows: list[Logged]) -> str:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\n".join(map(msgspec.json.encode, rows)))
    return str(path)


async def keep(documents: SqliteDocuments, rows: list[Logged]) -> None:
    def document(number: int, row: Logged) -> ChoiceDocument:
        at = NOW + timedelta(minutes=number // 3)
        return ChoiceDocument(
            id=f"pt_{number}",
            user=row.user,
            user_id="u_secret",
            turn_id="t_secret",
            at=at,
            expires_at=datetime(9000, 1, 1, tzinfo=UTC),
            chosen=row.chosen,
            propensity=row.propensity,
            reward=row.reward,
        )

    inserts = (documents.insert(CHOICES, document(n, row)) for n, row in enumerate(rows))
    await asyncio.gather(*inserts)


def test_a_better_policy_is_promoted_for_all_processes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = elro_is_better(1_200)
    in_store(tmp_path, lambda documents: keep(documents, rows))
    in_store(tmp_path, lambda documents: promote(documents, POLICIES["router"], now=NOW))

    assert main(["policy", "replay", "--from-store", "--policy", "steady"]) == 0
    told = capsys.readouterr().out
    assert "Can be promoted: the interval of steady lies above that of router" in told
    assert "1200 rewarded choices of 1200 by 300 users" in told
    assert in_store(tmp_path, load_current).name == "router", "a replay promotes nothing"

    assert main(["policy", "promote", "--from-store", "--policy", "steady"]) == 0
    assert in_store(tmp_path, load_current) == STEADY


def test_a_policy_that_is_not_clearly_better_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_store(tmp_path, lambda documents: keep(documents, []))
    log = written(tmp_path, logged(600, likes_nothing))

    assert main(["policy", "promote", log, "--policy", "router"]) == 1

    assert "REFUSED: the interval of router crosses that of steady" in capsys.readouterr().out
    assert in_store(tmp_path, load_current) == STEADY


def test_a_replay_is_told_as_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = written(tmp_path, logged(300, likes_nothing))
    parameters = tmp_path / "mine.json"
    parameters.write_text('{"gain": 3.0}')

    assert main(["policy", "replay", log, "--policy", str(parameters), "--json"]) == 1

    found = json.loads(capsys.readouterr().out)
    assert (found["current"]["policy"], found["new"]["policy"]) == ("steady", "mine")
    assert found["new"]["dr"]["low"] < found["new"]["dr"]["value"] < found["new"]["dr"]["high"]
    assert not found["verdict"]["promotable"]


def test_a_printed_log_can_be_replayed_and_names_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = logged(700, likes_nothing)
    in_store(tmp_path, lambda documents: keep(documents, rows))

    assert main(["policy", "log"]) == 0

    told = capsys.readouterr().out
    lines = [msgspec.json.decode(line, type=Logged) for line in told.splitlines()]
    assert sorted(lines, key=repr) == sorted(rows, key=repr)
    assert "secret" not in told


def test_the_policy_in_force_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "show"]) == 0

    assert capsys.readouterr().out.startswith("in force: steady: gain 17, cap 3.5, floor 0.03")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nobody", "no policy has this name; known are steady, router"),
        ("odd.json", "its parameters are out of bounds"),
        ("broken.json", "Expected `float`"),
    ],
)
def test_a_policy_that_makes_no_sense_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.json").write_text('{"floor": 0.5}')
    (tmp_path / "broken.json").write_text('{"floor": "much"}')
    log = written(tmp_path, logged(10, likes_nothing))

    assert main(["policy", "replay", log, "--policy", name]) == 2

    assert told in capsys.readouterr().err


def test_a_log_without_rewards_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policy", "replay", "--from-store", "--policy", "router"]) == 2

    assert "no row with a reward" in capsys.readouterr().err
