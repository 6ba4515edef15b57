"""The story that `make demo` tells, when it can't be told."""

from datetime import UTC, datetime

import pytest

from app.demo import Visit, told


async def test_a_turn_that_fails_ends_the_story(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("no prompt")

    monkeypatch.setattr("sessions.beginning.build_prompt", broken)
    visit = Visit(at=datetime(2026, 5, 4, 18, tzinfo=UTC), lines=("Hello!",))
    with pytest.raises(RuntimeError, match="failed: internal"):
        [said async for said in told((visit,))]
