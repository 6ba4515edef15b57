"""What can't be measured is told with its reason, never left out."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.rivals import environment
from bench.rivals.bare.rival import RIVAL
from bench.rivals.measure import measured
from bench.rivals.rival import Served


def unheard(_step: str) -> None:
    """Progress that nobody reads."""


def test_a_rival_that_cannot_be_installed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "_ENVIRONMENTS", tmp_path / "environments")
    (tmp_path / "requirements.txt").write_text("./nowhere-1.0-py3-none-any.whl\n")

    [figure] = measured("x", replace(RIVAL, folder=tmp_path), [20, 50], unheard)

    assert figure.reason.startswith("not installed: ")
    assert "nowhere" in figure.reason


def test_a_server_that_does_not_start_is_told() -> None:
    broken = Served(arguments=["-c", "raise SystemExit('no luck today')"])

    [figure] = measured("x", replace(RIVAL, serve=lambda *_: broken), [20], unheard)

    assert (figure.streams, figure.tokens) == (20, 0)
    assert figure.reason == "no luck today"


def test_a_load_that_fails_is_told() -> None:
    [figure] = measured("ion", RIVAL, [1], unheard)

    assert figure.tokens == 0
    assert figure.reason
