"""Waking one waiter."""

import asyncio

from app.realtime.wakeup import Wakeup


async def test_setting_it_often_before_a_wait_wakes_once() -> None:
    wakeup = Wakeup()
    wakeup.set()
    wakeup.set()

    await wakeup.wait()
    waiting = asyncio.get_running_loop().create_task(wakeup.wait())
    await asyncio.sleep(0)

    assert not waiting.done()
    wakeup.set()
    await waiting


async def test_what_was_cleared_is_waited_for() -> None:
    wakeup = Wakeup()
    wakeup.set()
    wakeup.clear()
    waiting = asyncio.get_running_loop().create_task(wakeup.wait())
    await asyncio.sleep(0)

    assert not waiting.done()
    wakeup.set()
    await waiting
