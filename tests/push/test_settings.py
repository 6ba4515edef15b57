"""Settings on real documents."""

import asyncio

import pytest

from push.settings import NotificationSettings
from sessions.errors import BadRequest
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock


async def test_what_is_changed_stays_and_the_rest_is_the_houses(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    settings = NotificationSettings(documents=documents, clock=clock)
    assert (await settings.get("u1")).quiet_from == 22 * 60

    await settings.update("u1", muted=["nudge", "nudge"], quiet_to=0)
    await asyncio.gather(
        settings.update("u1", timezone="Asia/Seoul"), settings.update("u1", preview=True)
    )
    kept = await settings.get("u1")
    assert (kept.muted, kept.quiet_from, kept.quiet_to) == (("nudge",), 22 * 60, 0)
    assert (kept.timezone, kept.preview, kept.check_ins) == ("Asia/Seoul", True, False)


@pytest.mark.parametrize(
    "change",
    [
        {"quiet_from": -1},
        {"quiet_to": 1440},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../etc/passwd"},
        {"timezone": "localtime"},
        {"muted": ["gossip"]},
    ],
)
async def test_what_makes_no_sense_is_refused(
    documents: SqliteDocuments, clock: FakeClock, change: dict[str, object]
) -> None:
    settings = NotificationSettings(documents=documents, clock=clock)
    with pytest.raises(BadRequest):
        await settings.update("u1", **change)  # type: ignore[arg-type]
