"""How long a pipe waits for a server."""

import asyncio

import pytest
from ion_client.chat.patience import Patience
from ion_client.connection import State

from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_it_ends_after_so_long_in_a_row_without_a_server() -> None:
    patience = Patience(30)
    with pytest.raises(TimeoutError):
        await _with_outages(patience)

    assert asyncio.get_running_loop().time() == 250
    patience.changed("waiting")


@in_virtual_time
async def test_without_an_end_it_waits_for_ever() -> None:
    async with Patience(None).within("waiting"):
        await asyncio.sleep(1_000_000)


async def _with_outages(patience: Patience) -> None:
    async with patience.within("open"):
        states: tuple[tuple[State, int], ...] = (
            ("open", 100),
            ("waiting", 20),
            ("open", 100),
            ("waiting", 20),
            ("connecting", 100),
        )
        for state, seconds in states:
            patience.changed(state)
            await asyncio.sleep(seconds)
