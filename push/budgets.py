"""How often a mentor may write first: caps in rolling windows, fewer when it is ignored (G7)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from push.documents import BUDGETS, BudgetDocument, NotificationDocument
from push.kinds import KINDS, Kind
from push.rows import was_asked
from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate
from sessions.stores.documents import Documents

__all__ = [
    "Budgets",
    "Caps",
    "Slot",
    "give_back",
    "give_back_unused",
    "given_back",
    "ignored_in_a_row",
    "slot",
    "taken",
    "united",
    "used_again",
]

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
TRIES = 8


class Caps(Struct, frozen=True, kw_only=True):
    """At most so many in any 24 hours and any 7 days.

    Half of it, at least one, after `halved_after` ignored in a row; none after `none_after`.
    """

    per_day: int = 1
    per_week: int = 3
    halved_after: int = 2
    none_after: int = 4


class Slot(Struct, frozen=True, kw_only=True):
    """Whether a mentor may write first; else when it may, None until the user returns."""

    taken: bool
    free_at: datetime | None = None


USUAL = Caps()


def ignored_in_a_row(budget: BudgetDocument, *, returned: bool) -> int:
    """Return how many were ignored up to now; `returned`: the user wrote after the last one."""
    if returned or not budget.taken:
        return 0
    return budget.ignored + 1


def slot(budget: BudgetDocument, now: datetime, *, returned: bool, caps: Caps = USUAL) -> Slot:
    """Tell whether a slot is free at `now`, or when one will be if nothing else happens."""
    ignored = ignored_in_a_row(budget, returned=returned)
    if ignored >= caps.none_after:
        return Slot(taken=False)
    share = 2 if ignored >= caps.halved_after else 1
    times = sorted(at for _, at in budget.taken)
    free_at = now
    for window, most in ((DAY, caps.per_day), (WEEK, caps.per_week)):
        most = max(1, most // share)
        if len(times) >= most:
            free_at = max(free_at, times[-most] + window)
    return Slot(taken=free_at <= now, free_at=free_at)


def taken(
    budget: BudgetDocument, notification_id: str, now: datetime, *, returned: bool
) -> BudgetDocument:
    """Return the budget with a slot taken: the one before it counts as ignored or not."""
    kept = tuple(each for each in budget.taken if each[1] > now - WEEK) or budget.taken[-1:]
    return replace(
        budget,
        taken=(*kept, (notification_id, now)),
        ignored=ignored_in_a_row(budget, returned=returned),
        updated_at=now,
    )


def used_again(budget: BudgetDocument, notification_id: str, now: datetime) -> BudgetDocument:
    """Return the budget with the time of a slot moved to now: the phone rings only now."""
    return replace(
        budget,
        taken=tuple(
            (each, max(at, now) if each == notification_id else at) for each, at in budget.taken
        ),
        updated_at=now,
    )


def given_back(budget: BudgetDocument, notification_id: str, now: datetime) -> BudgetDocument:
    """Return the budget without a slot that was not used; nobody ignored it.

    Without the newest one it is open again whether the one before was ignored.
    """
    ids = [each for each, _ in budget.taken]
    if notification_id not in ids:
        return budget
    place, last = ids.index(notification_id), len(ids) - 1
    counted = place == last or place >= last - budget.ignored
    return replace(
        budget,
        taken=budget.taken[:place] + budget.taken[place + 1 :],
        ignored=max(0, budget.ignored - counted),
        updated_at=now,
    )


def united(budget: BudgetDocument, other: BudgetDocument) -> BudgetDocument:
    """Return a budget with another's slots, which turn out to be the same person's."""
    later = max(budget, other, key=_last)
    return replace(
        budget,
        taken=tuple(sorted({*budget.taken, *other.taken}, key=lambda each: each[1])),
        ignored=later.ignored,
    )


def _last(budget: BudgetDocument) -> datetime:
    return max((at for _, at in budget.taken), default=datetime.min.replace(tzinfo=UTC))


class Budgets:
    """Slots to write first, taken by compare-and-set, so that no two workers take the last one.

    `wrote_since` tells whether a user came back after a time.
    """

    def __init__(
        self,
        documents: Documents,
        clock: Clock,
        wrote_since: Callable[[str, datetime], Awaitable[bool]],
        *,
        caps: Caps = USUAL,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._wrote_since = wrote_since
        self._caps = caps

    async def take(self, kind: Kind, user_id: str, notification_id: str) -> Slot:
        """Take a slot, once for a notification; kinds that are not proactive need none.

        One that is tried again counts from now on: the time is that of the last request.

        Raises StoreUnavailable, Conflict when others were always faster.
        """
        if not KINDS[kind].proactive:
            return Slot(taken=True)
        for _ in range(TRIES):
            budget = await self._documents.get(BUDGETS, user_id)
            found = budget or BudgetDocument(id=user_id)
            now = self._clock.now()
            if any(each == notification_id for each, _ in found.taken):
                if await self._write(used_again(found, notification_id, now), new=False):
                    return Slot(taken=True)
                continue
            returned = bool(found.taken) and await self._wrote_since(user_id, found.taken[-1][1])
            free = slot(found, now, returned=returned, caps=self._caps)
            changed = taken(found, notification_id, now, returned=returned)
            if not free.taken or await self._write(changed, new=budget is None):
                return free
        raise Conflict

    async def is_free(self, user_id: str) -> bool:
        """Tell whether a slot is free now, without taking it; raises StoreUnavailable."""
        budget = await self._documents.get(BUDGETS, user_id)
        if budget is None or not budget.taken:
            return True
        returned = await self._wrote_since(user_id, budget.taken[-1][1])
        return slot(budget, self._clock.now(), returned=returned, caps=self._caps).taken

    async def _write(self, budget: BudgetDocument, *, new: bool) -> bool:
        return await _written(self._documents, budget, new=new)


async def give_back_unused(documents: Documents, clock: Clock, row: NotificationDocument) -> None:
    """Free the slot of a row that ended when no device was asked to show it (G7).

    Raises as `Budgets.take`.
    """
    if row.clear or not KINDS[row.kind].proactive:
        return
    if not any(was_asked(each) for each in row.deliveries):
        await give_back(documents, clock, row.user_id, row.id)


async def give_back(documents: Documents, clock: Clock, user_id: str, notification_id: str) -> None:
    """Free the slot of a notification that was never sent; raises as `Budgets.take`."""
    for _ in range(TRIES):
        budget = await documents.get(BUDGETS, user_id)
        if budget is None or all(each != notification_id for each, _ in budget.taken):
            return
        changed = given_back(budget, notification_id, clock.now())
        if await _written(documents, changed, new=False):
            return
    raise Conflict


async def _written(documents: Documents, budget: BudgetDocument, *, new: bool) -> bool:
    try:
        if new:
            await documents.insert(BUDGETS, budget)
        else:
            await documents.replace(BUDGETS, budget)
    except (Conflict, Duplicate):
        return False
    return True
