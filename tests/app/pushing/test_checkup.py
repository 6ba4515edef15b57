"""What `ion doctor` says of notifications."""

from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from app.pushing.checkup import outbox, reached
from app.settings import Settings
from app.stores import COLLECTIONS
from push.documents import OUTBOX
from sessions.clock import SystemClock
from sessions.stores.sqlite import SqliteDocuments
from tests.app.pushing.parts import an_outbox
from tests.house import running_house


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"push": "off"}, "off (ION_PUSH)"),
        (
            {"push_worker": "inside"},
            "phones: simulated, at /phones; browsers: the log",
        ),
        (
            {"env": "production"},
            "phones: not reached, ION_FIREBASE_CREDENTIALS is not set; "
            "browsers: not reached, ION_VAPID_SUBJECT is not set",
        ),
        ({"push": "log"}, "phones: the log; browsers: the log"),
    ],
)
async def test_it_says_who_is_reached(tmp_path: Path, settings: dict[str, Any], said: str) -> None:
    assert await reached(Settings(data_dir=tmp_path, **settings)) == said


async def test_credentials_that_are_none_are_named_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ION_FIREBASE_CREDENTIALS") as raised:
        await reached(Settings(data_dir=tmp_path, firebase_credentials='{"a": "secret"}'))
    assert "secret" not in str(raised.value)


async def test_it_counts_what_waits_and_what_is_dead(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    documents = SqliteDocuments(tmp_path / "ion.sqlite", COLLECTIONS)
    await documents.open()
    rows = [
        await an_outbox(documents, SystemClock()).enqueue("u1", "account", f"a{number}")
        for number in range(3)
    ]
    dead = structs.replace(rows[0], state="dead", open=False, reason="failing")
    await documents.replace(OUTBOX, dead)
    await documents.aclose()
    said = await outbox(settings, is_served=False)
    assert said.startswith("2 wait, the first is ")
    assert said.endswith("; 1 are dead")


async def test_a_running_server_is_asked_by_its_operator_alone(
    tmp_path: Path, redis_url: str
) -> None:
    token = "an operator's token, long enough"
    async with running_house(tmp_path, redis_url, operator_token=token) as house:
        asked = structs.replace(house.product.settings, port=house.port)
        assert (await outbox(asked, is_served=True)).startswith("0 wait")
        nobody = structs.replace(asked, operator_token="")
        assert "ION_OPERATOR_TOKEN" in await outbox(nobody, is_served=True)
