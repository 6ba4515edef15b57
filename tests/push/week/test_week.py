"""A few users' days over a change of clocks; `python -m tests.push.week` has a thousand's week."""

import asyncio
from datetime import datetime

import pytest

from tests.push.week.promises import broken
from tests.push.week.week import AUTUMN, SPRING, lived
from tests.virtual_time import VirtualTimeLoop


@pytest.mark.parametrize("begin", [AUTUMN, SPRING])
def test_g5_g7_users_are_let_sleep_and_are_told_everything(begin: datetime) -> None:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        week = runner.run(lived(7, 30, begin, days=4))
    assert broken(week) == []
    assert len(week.carrier.sent) > 100
    week.store.close()
