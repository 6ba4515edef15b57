"""When mentors write first: what was agreed on with users, each with its next time alone."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from msgspec import structs

from push.documents import CHECK_INS, CheckInDocument, CheckInKind
from push.schedule import Plan, next_occurrence, plan_of
from push.wall import zone_named
from sessions.clock import Clock
from sessions.errors import BadRequest, Conflict, Duplicate, NotFound
from sessions.stores.documents import Documents, Range
from sessions.stores.paging import everything

__all__ = ["LATEST", "MOST", "CheckIns"]

# later than this a check-in is of no use any more: it waits for its next time
LATEST = timedelta(hours=12)
MOST = 20
_LEASE = timedelta(seconds=60)
_AT_ONCE = 50
_KEPT = timedelta(days=3)
_FARTHEST = timedelta(days=366)


class CheckIns:
    """The check-ins of all users; raises StoreUnavailable.

    Whoever claims one writes what it is for under its `next_date`, and then says `written`. Killed
    in between, it is claimed again: that day's key must say that it was done.
    """

    def __init__(self, *, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    def draft(
        self,
        plan: Plan,
        *,
        session_id: str,
        persona: str = "",
        about: str = "",
        fact_id: str = "",
        fact_day: str = "",
        kind: CheckInKind = "check_in",
    ) -> CheckInDocument:
        """Return the check-in that a plan makes, which is not kept.

        Raises BadRequest when its time never comes.
        """
        now = self._clock.now()
        _check(plan, now)
        following = next_occurrence(plan, now)
        if following is None:
            raise BadRequest("that time is over")
        return CheckInDocument(
            id=_id_of(_named(plan, kind, session_id, about, fact_id, fact_day)),
            user_id=plan.user_id,
            session_id=session_id,
            persona=persona,
            timezone=plan.timezone,
            minute=plan.minute,
            created_at=now,
            next_at=following.at,
            next_date=following.date,
            due_at=following.at,
            days=plan.days,
            date=plan.date,
            exact=plan.exact,
            about=about,
            fact_id=fact_id,
            fact_day=fact_day,
            kind=kind,
        )

    async def create(self, plan: Plan, *, session_id: str, **more: Any) -> CheckInDocument:
        """Keep the draft that a plan makes, of which `more` are fields; raises BadRequest."""
        return await self.keep(self.draft(plan, session_id=session_id, **more))

    async def keep(self, draft: CheckInDocument) -> CheckInDocument:
        """Keep a draft, and return it; the one there is when it was made before.

        Raises BadRequest when it is one too many of its kind.
        """
        if (stored := await self.get(draft.id)) is not None:
            return stored
        if len(await self.of_user(draft.user_id, draft.kind)) >= MOST:
            raise BadRequest(f"there are {MOST} check-ins already")
        try:
            await self._documents.insert(CHECK_INS, draft)
        except Duplicate:
            return await self.get(draft.id) or draft
        return draft

    async def renew(self, stored: CheckInDocument, draft: CheckInDocument) -> None:
        """Have a draft in the place of one that was made for the same evening, and is off."""
        with suppress(Conflict):  # it was claimed, or removed
            await self._documents.replace(CHECK_INS, structs.replace(draft, version=stored.version))

    async def get(self, check_in_id: str) -> CheckInDocument | None:
        """Return a check-in, also one that is over."""
        return await self._documents.get(CHECK_INS, check_in_id)

    async def decline(self, draft: CheckInDocument) -> bool:
        """Have a check-in of a fact that was not made yet never be made; False when it was."""
        try:
            await self._documents.insert(CHECK_INS, self._over(draft))
        except Duplicate:
            return False
        return True

    async def of_user(
        self, user_id: str, kind: CheckInKind | None = "check_in"
    ) -> list[CheckInDocument]:
        """Return a user's check-ins of a kind, or of all, that are to come, the next one first."""
        found = everything(self._documents, CHECK_INS, "by_user", {"user_id": user_id})
        wanted = [each async for each in found if each.active and kind in (None, each.kind)]
        return sorted(wanted, key=_next_at)

    async def nudged_since(self, user_id: str, since: datetime) -> bool:
        """Tell whether a nudge was made for a user since a time, also one that is over."""
        made = everything(
            self._documents, CHECK_INS, "by_user", {"user_id": user_id}, within=Range(gte=since)
        )
        return any([each.kind == "nudge" async for each in made])

    async def remove(self, user_id: str, check_in_id: str) -> None:
        """Have a check-in come no more; raises NotFound when there is no such one of the user."""
        check_in = await self._documents.get(CHECK_INS, check_in_id)
        if check_in is None or check_in.user_id != user_id or not check_in.active:
            raise NotFound("there is no such check-in")
        while check_in is not None and not await self.end(check_in):
            check_in = await self._documents.get(CHECK_INS, check_in_id)

    async def claim(self) -> Sequence[CheckInDocument]:
        """Return some check-ins whose time has come; nobody else gets them for a minute."""
        now, active = self._clock.now(), {"active": True}
        # a look costs less than a claim, and mostly there is nothing
        if not await self._documents.find(CHECK_INS, "due", active, bounds=Range(lte=now), limit=1):
            return ()
        return await self._documents.claim(
            CHECK_INS, "due", active, now=now, until=now + _LEASE, limit=_AT_ONCE
        )

    async def written(self, check_in: CheckInDocument) -> None:
        """Work out when a check-in comes next; one that comes no more ends."""
        following = next_occurrence(plan_of(check_in), self._clock.now(), done=check_in.next_date)
        if following is None:
            await self.end(check_in)
            return
        ahead = structs.replace(
            check_in, next_at=following.at, next_date=following.date, due_at=following.at
        )
        with suppress(Conflict):  # it was removed, or claimed by another after a minute
            await self._documents.replace(CHECK_INS, ahead)

    async def later(self, check_in: CheckInDocument, at: datetime) -> None:
        """Have a check-in looked at again at a time, for the same day."""
        with suppress(Conflict):  # it was removed, or claimed by another after a minute
            await self._documents.replace(CHECK_INS, structs.replace(check_in, due_at=at))

    async def end(self, check_in: CheckInDocument) -> bool:
        """Have a check-in come no more; False when it changed since it was read."""
        if not check_in.fact_id and check_in.kind != "nudge":
            await self._documents.delete(CHECK_INS, check_in.id)
            return True
        try:
            await self._documents.replace(CHECK_INS, self._over(check_in))
        except Conflict:
            return False
        return True

    def _over(self, check_in: CheckInDocument) -> CheckInDocument:
        expires_at = max(check_in.next_at, self._clock.now()) + _KEPT
        return structs.replace(check_in, active=False, expires_at=expires_at)


def _check(plan: Plan, now: datetime) -> None:
    if zone_named(plan.timezone) is None:
        raise BadRequest("timezone: it is not in the IANA database")
    if bool(plan.days) == bool(plan.date):
        raise BadRequest("name either days or a date")
    try:
        far = bool(plan.date) and date.fromisoformat(plan.date) > (now + _FARTHEST).date()
    except ValueError:
        raise BadRequest("date: there is no such day") from None
    if far:
        raise BadRequest("date: it is more than a year away")


def _named(
    plan: Plan, kind: CheckInKind, session_id: str, about: str, fact_id: str, fact_day: str
) -> tuple[str, ...]:
    """Return what makes a check-in the same one: what is agreed on twice, or a day's promises.

    A fact has one reminder for a day, whoever its user turns out to be; a user has one nudge a day.
    """
    if kind == "reminder":
        return kind, fact_id, fact_day
    if kind == "nudge":
        return plan.user_id, kind, plan.date
    if fact_id:
        return plan.user_id, "promise", plan.date
    return (
        *(plan.user_id, session_id, about, plan.timezone, str(plan.minute)),
        *(plan.date, str(plan.exact), *map(str, sorted(plan.days))),
    )


def _id_of(named: tuple[str, ...]) -> str:
    return f"c_{sha256(chr(0).join(named).encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"


def _next_at(check_in: CheckInDocument) -> datetime:
    return check_in.next_at
