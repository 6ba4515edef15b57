"""What push keeps goes with a session and with an account, and is shown before."""

from datetime import datetime
from typing import Any

from push.budgets import Budgets
from push.documents import CHECK_INS, PUSH_COLLECTIONS, CheckInDocument
from push.settings import NotificationSettings
from sessions.stores.sqlite import SqliteDocuments
from tests.app.pushing.parts import a_phone, an_outbox, forgetting
from tests.clocks import FakeClock


async def never(_user_id: str, _since: datetime) -> bool:
    return False


async def live(documents: SqliteDocuments, clock: FakeClock, user_id: str, session: str) -> None:
    """Have something of a user in every collection of push."""
    await a_phone(documents, clock, user_id, f"i-{user_id}")
    outbox = an_outbox(documents, clock)
    await outbox.enqueue(user_id, "reply_ready", f"t-{user_id}", session_id=session)
    await outbox.cancel_user(user_id, "read")
    await outbox.enqueue(user_id, "check_in", f"c-{user_id}", session_id=session, text="Hello?")
    await outbox.enqueue(user_id, "account", f"a-{user_id}")
    await NotificationSettings(documents=documents, clock=clock).update(user_id, check_ins=True)
    await Budgets(documents, clock, never).take("check_in", user_id, "n_1")
    check_in = CheckInDocument(
        id=f"ci-{user_id}",
        user_id=user_id,
        session_id=session,
        persona="lua",
        timezone="UTC",
        minute=540,
        created_at=clock.now(),
        next_at=clock.now(),
        due_at=clock.now(),
        next_date="2026-11-24",
    )
    await documents.insert(CHECK_INS, check_in)


async def left(documents: SqliteDocuments, user_id: str) -> dict[str, int]:
    known = forgetting(documents, FakeClock()).known(user_id)
    return {name: len([each async for each in found]) for name, found in known.items()}


async def test_c6_all_that_push_keeps_goes_with_an_account_and_nothing_of_others(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await live(documents, clock, "u1", "s_1")
    await live(documents, clock, "u2", "s_2")
    before = await left(documents, "u1")
    counts = await forgetting(documents, clock).forget_user("u1")

    assert before == {
        "devices": 1,
        "notifications": 3,
        "check_ins": 1,
        "notification_settings": 1,
        "notification_budgets": 1,
    }
    assert set(counts) == {each.name for each in PUSH_COLLECTIONS}
    assert sum(counts.values()) == sum(before.values())
    assert set((await left(documents, "u1")).values()) == {0}
    assert await left(documents, "u2") == before


async def test_what_is_told_of_a_session_goes_with_it(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await live(documents, clock, "u1", "s_1")
    counts = await forgetting(documents, clock).forget_session("u1", "s_1")

    assert counts == {"outbox": 2, "check_ins": 1}
    after: Any = await left(documents, "u1")
    assert (after["devices"], after["notifications"], after["check_ins"]) == (1, 1, 0)


async def test_g7_a_check_in_that_goes_with_its_session_unsent_leaves_its_slot(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    budgets = Budgets(documents, clock, never)
    outbox = an_outbox(documents, clock)
    rows = [
        await outbox.enqueue("u1", "check_in", f"c-{session}", session_id=session, text="Hello?")
        for session in ("s_1", "s_2")
    ]
    assert (await budgets.take("check_in", "u1", rows[0].id)).taken
    assert not (await budgets.take("check_in", "u1", rows[1].id)).taken
    await forgetting(documents, clock).forget_session("u1", "s_1")
    assert (await budgets.take("check_in", "u1", rows[1].id)).taken
