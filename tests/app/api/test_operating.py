"""What operators see of notifications over real HTTP."""

from pathlib import Path

from msgspec import structs

from push.documents import OUTBOX
from sessions.stores.sqlite import SqliteDocuments
from tests.house import House, running_house

TOKEN = "an operator's token, long enough"


async def test_g10_operators_count_notifications_and_try_dead_ones_anew(
    tmp_path: Path, redis_url: str
) -> None:
    options = {"push_worker": "apart", "operator_token": TOKEN}
    async with (
        running_house(tmp_path, redis_url, **options) as house,
        house.client(TOKEN) as operator,
        house.client(await house.token()) as user,
    ):
        rows = [await house.product.outbox.enqueue("u_1", "account", f"a-{n}") for n in range(3)]
        documents = house.product.outbox._documents
        assert isinstance(documents, SqliteDocuments)
        dead = structs.replace(rows[0], state="dead", open=False, reason="failing")
        await documents.replace(OUTBOX, dead)
        before = (await operator.get("/operator/notifications")).json()
        path = f"/operator/notifications/{rows[0].id}/redrive"
        driven = [(await operator.post(path)).status_code for _ in range(2)]
        after = (await operator.get("/operator/notifications")).json()
        refused = await user.get("/operator/notifications")

    assert before["lanes"] == []
    assert 0 <= before["late_s"] < 60
    assert before["counts"] == dict.fromkeys(before["counts"], 0) | {"pending": 2, "dead": 1}
    assert [(each["id"], each["reason"]) for each in before["dead"]] == [(rows[0].id, "failing")]
    assert driven == [204, 404]
    assert after["counts"]["pending"] == 3
    assert after["events"] == dict.fromkeys(after["events"], 0) | {"enqueued": 3, "redriven": 1}
    assert after["dead"] == []
    assert refused.status_code == 403


async def test_a_time_without_its_zone_is_refused(tmp_path: Path, redis_url: str) -> None:
    async with (
        running_house(tmp_path, redis_url, operator_token=TOKEN) as house,
        house.client(TOKEN) as operator,
    ):
        refused = await operator.get("/operator/merges", params={"before": "2026-01-01T00:00:00"})

    assert (refused.status_code, refused.json()["code"]) == (400, "bad_frame")


async def test_without_an_operators_token_nobody_operates(house: House) -> None:
    async with house.client(await house.token()) as user, house.client() as nobody:
        answers = [await each.get("/operator/notifications") for each in (user, nobody)]

    assert [each.status_code for each in answers] == [403, 401]
