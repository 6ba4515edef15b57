"""What push keeps of a visitor counts for whom they turn out to be."""

import pytest

from app.pushing.moving import PushMoving
from push.documents import BUDGETS
from sessions.stores.sqlite import SqliteDocuments
from tests.app.pushing.parts import Dead, FewWrites, forgetting
from tests.clocks import FakeClock
from tests.push.phones import Office


@pytest.mark.parametrize("known", [False, True])
async def test_g7_who_was_written_to_as_a_visitor_is_not_written_to_again_that_day(
    documents: SqliteDocuments, clock: FakeClock, known: bool
) -> None:
    office = Office(documents, clock)
    for user_id in ("visitor", "u1"):
        await office.settings.update(user_id, check_ins=True, quiet_from=0, quiet_to=0)
    if known:
        await office.phone(2, "u1")
        await office.outbox.enqueue("u1", "check_in", "c-0", text="before")
        await office.work()
        clock.advance(30 * 3600)
    await office.phone(1, "visitor")
    await office.outbox.enqueue("visitor", "check_in", "c-1", text="at nine")
    await office.work()
    await PushMoving(documents=documents).move_user("visitor", "u1")
    await forgetting(documents, clock).forget_user("visitor")

    clock.advance(9 * 3600)
    row = await office.outbox.enqueue("u1", "check_in", "c-2", text="at six")
    await office.work()
    assert office.phones.shown.count("at six") == 0
    assert (await office.row(row)).reason == "capped"
    assert await documents.get(BUDGETS, "visitor") is None
    budget = await documents.get(BUDGETS, "u1")
    assert budget is not None
    assert len(budget.taken) == 1 + known


@pytest.mark.parametrize("done", [False, True])
async def test_g7_killed_at_any_write_a_merge_counts_each_slot_once(
    documents: SqliteDocuments, clock: FakeClock, done: bool
) -> None:
    for lives in range(1, 5):
        office, visitor, user = Office(documents, clock), f"v{lives}", f"u{lives}"
        for each in (visitor, user):
            assert (await office.budgets.take("check_in", each, f"of {each}")).taken
        dying = FewWrites(documents, lives, done=done)
        try:
            await PushMoving(documents=dying).move_user(visitor, user)
        except Dead:
            await PushMoving(documents=documents).move_user(visitor, user)
        budget = await documents.get(BUDGETS, user)
        assert budget is not None
        assert sorted(each for each, _ in budget.taken) == [f"of {user}", f"of {visitor}"]


async def test_g3_what_phones_show_or_are_to_take_away_moves_and_what_waits_does_not(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    office = Office(documents, clock)
    await office.phone(1, "visitor")
    office.talk.replies_of["s0"] = [1]
    put = office.outbox.enqueue
    shown = await put("visitor", "account", "shown", session_id="s0", numbers=(1,))
    await office.work()
    unseen = await put("visitor", "account", "muted")
    await office.outbox.cancel_user("visitor", "muted")
    waits = await put("visitor", "account", "waits")
    await office.outbox.read("visitor", "s0", 1)
    counts = await PushMoving(documents=documents).move_user("visitor", "u1")

    moved = await office.outbox.of_user("u1")
    assert counts["outbox"] == len(moved) == 2
    assert sorted(row.clear for row in moved) == [False, True]
    assert shown.id in {row.id for row in moved}
    left = {row.id for row in await office.outbox.of_user("visitor")}
    assert left == {unseen.id, waits.id}
    clock.advance(2)
    await office.work()
    assert [each.message.clear for each in office.phones.requests] == [False, True]
    assert ((await office.row(waits)).state, (await office.row(waits)).reason) == (
        "cancelled",
        "no_device",
    )
