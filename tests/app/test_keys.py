"""`ion key`, as somebody who points a chat page at the server uses it."""

from pathlib import Path

import httpx
import pytest

from app.cli import main
from app.security.tokens import Tokens
from tests.clocks import FakeClock
from tests.product import running_product

SECRET = "s" * 40


def key(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["key", *arguments]) == 0
    return capsys.readouterr().out.strip()


def test_a_key_is_a_users_for_its_days(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ION_SECRET_KEY", SECRET)
    access = Tokens(SECRET, clock=FakeClock()).read(key(capsys, "--days", "7", "--user", "u_1"))
    others = {Tokens(SECRET, clock=FakeClock()).read(key(capsys)).user_id for _ in range(2)}

    assert access.user_id == "u_1"
    assert len(others) == 2


@pytest.mark.parametrize("days", ["0", "-1", "366", "x"])
def test_a_key_lives_between_a_day_and_a_year(days: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["key", "--days", days])

    assert caught.value.code == 2


@pytest.mark.parametrize("user", ["", "me", "s_1", "u_", "u_a b", "u_" + "x" * 65])
def test_a_key_is_for_what_can_be_a_user(user: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["key", "--user", user])

    assert caught.value.code == 2
    assert "u_" in capsys.readouterr().err


def test_a_secret_that_is_made_for_a_key_is_told_once_and_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ION_SECRET_KEY", raising=False)
    monkeypatch.setenv("ION_DATA_DIR", str(tmp_path / "data"))
    told = []
    for _ in range(2):
        assert main(["key"]) == 0
        told.append(capsys.readouterr().err)

    assert str(tmp_path / "data") in told[0]
    assert "secret was made" in told[0]
    assert "secret" not in told[1]


def test_a_key_opens_a_running_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_product(tmp_path) as server:
        monkeypatch.setenv("ION_DATA_DIR", str(tmp_path / "data"))
        headers = {"authorization": f"Bearer {key(capsys)}"}
        answer = httpx.get(f"{server.url}/openai/v1/models", headers=headers, timeout=30)

    assert answer.status_code == 200
