"""What is told of stores while they open."""

import asyncio

from structlog.testing import capture_logs

from app.stores import told_when_slow


async def test_a_start_that_waits_for_a_store_says_so() -> None:
    with capture_logs() as lines, told_when_slow("documents", after_s=0):
        for _ in range(3):
            await asyncio.sleep(0)
    assert lines == [{"event": "store_opens_slowly", "store": "documents", "log_level": "warning"}]


async def test_a_quick_one_says_nothing() -> None:
    with capture_logs() as lines:
        with told_when_slow("documents", after_s=0):
            pass
        for _ in range(3):
            await asyncio.sleep(0)
    assert not lines
