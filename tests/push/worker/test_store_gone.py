"""Documents whose server is killed while requests are on their way, and back after ten seconds."""

import asyncio
from collections import Counter
from pathlib import Path

from push.documents import PUSH_COLLECTIONS
from sessions.stores.mongo import MongoDocuments, connect
from tests.clocks import FakeClock
from tests.push.phones import Office, Phones
from tests.servers import running_secantus

_AWAY_S = 10
_ROWS = 6


async def test_g11_a_store_that_is_gone_while_it_is_told_loses_and_doubles_nothing(
    tmp_path: Path, clock: FakeClock
) -> None:
    with running_secantus(tmp_path) as server:
        documents = MongoDocuments(connect(server.uri, timeout_s=0.3), "ion", PUSH_COLLECTIONS)
        await documents.open()
        office = Office(documents, clock)
        for number in (1, 2):
            await office.phone(number)
        rows = [await office.reply(number, f"s{number}") for number in range(1, _ROWS + 1)]
        gone = asyncio.Event()

        async def kill() -> None:
            office.phones.meanwhile = None
            await asyncio.to_thread(server.kill)
            gone.set()

        office.phones.meanwhile = kill
        working = asyncio.get_running_loop().create_task(office.worker.run_once())
        await gone.wait()
        heir = Phones()
        await office.hire(heir).run_once()
        assert heir.requests == []

        clock.advance(_AWAY_S)
        await asyncio.to_thread(server.start)
        await working
        for _ in range(6):
            await office.work()
            clock.advance(12)
        asked = Counter(
            (each.message.notification_id, each.device_id) for each in office.phones.requests
        )
        assert {(await office.row(row)).state for row in rows} == {"sent"}
        assert (len(asked), set(asked.values())) == (2 * _ROWS, {1})
        await documents.aclose()
