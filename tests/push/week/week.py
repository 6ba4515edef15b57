"""A week in the lives of many users, second by second, on a clock that is set by hand."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop
from random import Random

from push.documents import OUTBOX, NotificationDocument
from tests.clocks import FakeClock
from tests.push.phones import Office
from tests.push.simulation.process import Process
from tests.push.simulation.store import Store, StoreOf
from tests.push.week.people import ZONES, Event, Person, days_of, people
from tests.push.week.town import Carrier, Town, session_of

__all__ = ["AUTUMN", "SPRING", "Week", "lived"]

# clocks in Europe are set on the second night
AUTUMN = datetime(2026, 10, 24, tzinfo=UTC)
SPRING = datetime(2027, 3, 27, tzinfo=UTC)
# until then all is settled: what waits for a morning, and what nobody reads
_AFTER = timedelta(days=2)


class _Quick(Process):
    """A process that loses no time, and lives."""

    async def hop(self) -> None:
        """Go on."""


class Week:
    """What was to be told, and what was told; `rows` are those of the outbox by id."""

    def __init__(self, seed: int, count: int, begin: datetime, *, days: int = 7) -> None:
        self.begin, self.end = begin, begin + timedelta(days=days)
        random = Random(seed)
        self.clock = FakeClock(begin)
        self.people = people(seed, count)
        self.town = Town(self.people)
        self.carrier = Carrier(self.town, self.clock, random)
        self.rows: dict[str, NotificationDocument] = {}
        self.did: Counter[str] = Counter()
        self.store = Store()
        self._office = Office(
            StoreOf(self.store, _Quick(random, death=0.0), random),
            self.clock,
            conversations=self.town,
            sender=self.carrier,
        )
        self._events = [
            event
            for person in self.people.values()
            for event in days_of(person, self.begin, self.end)
        ]
        heapify(self._events)

    async def live(self) -> None:
        """Let it all happen, and wait until all is settled."""
        for person in self.people.values():
            await self._office.settings.update(
                person.user_id,
                quiet_from=person.quiet_from,
                quiet_to=person.quiet_to,
                check_ins=True,
                reminders=True,
                nudges=True,
                replies_at_once=person.at_once,
            )
            await self._register(person)
        while (at := await self._next()) is not None and at < self.end + _AFTER:
            self.clock.advance(max(0.0, (at - self.clock.now()).total_seconds()))
            while self._events and self._events[0].at <= self.clock.now():
                await self._happen(heappop(self._events))
            await self._office.work()
        for row_id in self.rows:
            row = await self._office.outbox.get(row_id)
            assert row is not None
            self.rows[row_id] = row

    async def _next(self) -> datetime | None:
        """Return when something happens next, or is due."""
        due = await self._office.documents.find(OUTBOX, "due", {"open": True}, limit=1)
        times = [row.due_at for row in due] + [event.at for event in self._events[:1]]
        return min(times, default=None)

    async def _register(self, person: Person) -> None:
        """Give each phone of a person a new address; only these are alive."""
        for number in range(person.phones):
            self.carrier.alive.discard(f"{person.user_id}-{number}-{person.addresses}")
        person.addresses += 1
        for number in range(person.phones):
            address = f"{person.user_id}-{number}-{person.addresses}"
            self.carrier.alive.add(address)
            await self._office.devices.register(
                person.user_id,
                f"i-{person.user_id}-{number}",
                kind="fcm_token",
                address=address,
                platform="android",
                timezone=person.zone,
                preview=True,
            )

    async def _happen(self, event: Event) -> None:
        person, office = self.people[event.user_id], self._office
        self.did[event.act] += 1
        match event.act:
            case "come" | "leave":
                person.is_here = event.act == "come"
            case "write":
                person.wrote.append(self.clock.now())
            case "read":
                person.read_upto = person.replies
                await office.outbox.read(
                    person.user_id, session_of(person.user_id), person.read_upto
                )
            case "reply":
                await self._reply(person)
            case "check_in" | "nudge" | "reminder":
                await self._put(person, event.act)
            case "notice":
                await self._put(person, "account")
            case "travel" | "rotate":
                if event.act == "travel":
                    person.zone = person.random.choice(ZONES)
                await self._register(person)
                await office.outbox.reconsider(person.user_id)
            case "quiet" | "mute" | "unmute":
                await self._set(person, event.act)

    async def _reply(self, person: Person) -> None:
        """An answer has ended; three seconds later it is handed over unless it was read."""
        person.replies += 1
        await self._put(person, "reply_ready", person.replies)

    async def _put(self, person: Person, kind: str, number: int = 0) -> None:
        subject_id = f"{kind}-{person.user_id}-{number or len(self.rows)}"
        wait = timedelta(seconds=3 if number else 0)
        row = await self._office.outbox.enqueue(
            person.user_id,
            kind,  # type: ignore[arg-type]
            subject_id,
            session_id="" if kind == "account" else session_of(person.user_id),
            numbers=(number,) if number else (),
            persona="nova",
            text="" if number else "hello",
            due_at=self.clock.now() + wait,
        )
        self.rows[row.id] = row

    async def _set(self, person: Person, act: str) -> None:
        if act == "quiet":
            person.quiet_from = person.random.randrange(24 * 60)
            person.quiet_to = person.random.randrange(24 * 60)
        else:
            person.muted = act == "mute"
        await self._office.settings.update(
            person.user_id,
            quiet_from=person.quiet_from,
            quiet_to=person.quiet_to,
            muted=("reply_ready", "nudge") if person.muted else (),
        )
        await self._office.outbox.reconsider(person.user_id)


async def lived(seed: int, count: int, begin: datetime, *, days: int = 7) -> Week:
    """Return a week after it was lived."""
    week = Week(seed, count, begin, days=days)
    await week.live()
    return week
