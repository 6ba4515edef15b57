"""What mentors are going to write of themselves, as far ahead as it is known."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from app.pushing.moments import Moments
from app.pushing.promises import Promises, is_on
from app.pushing.reasons import language_of, reason_of
from app.pushing.reminders import DATED, Reminders
from app.pushing.wording import Reason, moment_words, readable
from push.checkins import MOST, CheckIns
from push.documents import CheckInDocument
from push.wall import zone_named
from sessions.archive import SESSIONS
from sessions.clock import Clock
from sessions.errors import NotFound
from sessions.memory.documents import FACTS
from sessions.memory.facts import Facts
from sessions.memory.likeness import unstamped
from sessions.stores.documents import Documents
from sessions.stores.paging import everything

__all__ = ["Planned", "Plans"]

# in no zone is a day that was over by then still to come
_OVER = timedelta(days=2)


class Planned(Struct, frozen=True, kw_only=True):
    """A message that a mentor is going to write `at` a time, and the words it is about.

    `when` are that day and time in words, in the language of the session, on the user's own clock;
    `words` are those of `about` without the day in brackets at their end.
    """

    check_in: CheckInDocument
    at: datetime
    about: str
    words: str
    when: str


class Plans:
    """Plans for users; what is another's does not exist: NotFound. Raises StoreUnavailable.

    Reminders and promises are made shortly before their day; here they are told, and called off,
    as soon as memory holds them.
    """

    def __init__(
        self,
        *,
        check_ins: CheckIns,
        moments: Moments,
        reminders: Reminders,
        promises: Promises,
        facts: Facts,
        documents: Documents,
        clock: Clock,
    ) -> None:
        self._check_ins = check_ins
        self._moments = moments
        self._reminders = reminders
        self._promises = promises
        self._facts = facts
        self._documents = documents
        self._clock = clock

    async def of_user(self, user_id: str) -> list[Planned]:
        """Return what would come as consents, quiet hours and memory are now, the next first."""
        made = await self._check_ins.of_user(user_id, kind=None)
        drafts = _with_room(made, (await self._drafts(user_id)).values())
        found = [await self._planned(each) for each in (*made, *drafts)]
        return sorted((each for each in found if each is not None), key=lambda each: each.at)

    async def cancel(self, user_id: str, check_in_id: str) -> None:
        """Have a message never be written; raises NotFound."""
        with suppress(NotFound):
            return await self._check_ins.remove(user_id, check_in_id)
        draft = (await self._drafts(user_id)).get(check_in_id)
        if draft is None:
            raise NotFound("there is no such plan")
        if not await self._check_ins.decline(draft):
            # it was made just now
            await self._check_ins.remove(user_id, check_in_id)
        return None

    async def _drafts(self, user_id: str) -> dict[str, CheckInDocument]:
        """Return what is not made yet, by its id, which it keeps when it is."""
        drafts: dict[str, CheckInDocument] = {}
        since = self._clock.now() - _OVER
        for kind in (*DATED, "promise"):
            makers = self._promises if kind == "promise" else self._reminders
            of_kind = {"user_id": user_id, "kind": kind}
            async for fact in everything(self._documents, FACTS, "by_kind", of_kind):
                if fact.due is None or fact.due < since:
                    continue
                draft = await makers.draft(fact)
                if draft is None or draft.id in drafts:
                    continue
                if await self._promises.is_free(draft):
                    drafts[draft.id] = draft
        return drafts

    async def _planned(self, check_in: CheckInDocument) -> Planned | None:
        session = await self._documents.get(SESSIONS, check_in.session_id)
        if session is None or session.user_id != check_in.user_id or session.private:
            return None
        if check_in.kind == "nudge" and session.closed_at is not None:
            return None
        at = await self._moments.ahead(check_in)
        if at is None:
            return None
        with suppress(NotFound):
            fact = None
            if check_in.fact_id:
                fact = await self._facts.get(check_in.user_id, check_in.fact_id)
                if not is_on(check_in, fact, session.timezone):
                    return None
            reason = reason_of(check_in, session.summary, fact, at)
            return self._told(check_in, at, reason, language_of(reason, session, ()))
        return None

    def _told(
        self, check_in: CheckInDocument, at: datetime, reason: Reason, language: str
    ) -> Planned:
        zone = zone_named(check_in.timezone) or UTC
        today = self._clock.now().astimezone(zone).date()
        return Planned(
            check_in=check_in,
            at=at,
            about=readable(reason.words, language, today=today),
            words=unstamped(reason.words),
            when=moment_words(at.astimezone(zone), language, today=today),
        )


def _with_room(
    made: Iterable[CheckInDocument], drafts: Iterable[CheckInDocument]
) -> list[CheckInDocument]:
    """Return the next drafts that can be made beside what is: there is an end to each kind."""
    kinds = Counter(each.kind for each in made)
    fitting: list[CheckInDocument] = []
    for draft in sorted(drafts, key=lambda each: each.next_at):
        if kinds[draft.kind] < MOST:
            kinds[draft.kind] += 1
            fitting.append(draft)
    return fitting
