"""Who lives through the week: where they are, when they want peace, and what they do all day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Struct

from push.schedule import Plan, next_occurrence

__all__ = ["Act", "Event", "Person", "days_of", "people"]

# those first whose clocks are set in the last week of October, or of March
ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",
    "Asia/Beirut",
    "Africa/Cairo",
    "America/Nuuk",
    "Antarctica/Troll",
    "America/New_York",
    "Asia/Seoul",
    "Asia/Kathmandu",
)
DAYS = (1, 2, 3, 4, 5, 6, 7)

Act: TypeAlias = Literal[
    "reply",
    "come",
    "leave",
    "read",
    "write",
    "check_in",
    "nudge",
    "reminder",
    "notice",
    "travel",
    "quiet",
    "mute",
    "unmute",
    "rotate",
]


class Event(Struct, frozen=True, order=True):
    """What a person does, or what is to be told to them, and when."""

    at: datetime
    user_id: str
    act: Act
    number: int = 0


class Person:
    """A user: what they are set to is what they want now, and is checked against."""

    def __init__(self, user_id: str, random: Random) -> None:
        self.user_id = user_id
        self.random = random
        self.zone = random.choice(ZONES)
        self.quiet_from = random.choice([22 * 60, 22 * 60, 23 * 60 + 30, 60, 90, 2 * 60])
        self.quiet_to = random.choice([8 * 60, 8 * 60, 7 * 60 + 30, 2 * 60 + 30, 3 * 60, 9 * 60])
        self.at_once = random.random() < 0.8
        self.phones = random.choice([1, 1, 1, 2])
        self.addresses = 0
        self.muted = False
        self.is_here = False
        self.replies = 0
        self.read_upto = 0
        self.wrote: list[datetime] = []
        # some never come back, and are to be left alone
        self.habit = random.choice([0.0, 0.3, 2.0, 4.0])

    def is_quiet(self, at: datetime) -> bool:
        """Tell whether their own clock shows quiet hours."""
        wall = at.astimezone(ZoneInfo(self.zone))
        minute = wall.hour * 60 + wall.minute
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= minute < self.quiet_to
        return minute >= self.quiet_from or minute < self.quiet_to


def people(seed: int, count: int) -> dict[str, Person]:
    """Return users, each with chances of their own."""
    names = [f"u{number}" for number in range(count)]
    return {name: Person(name, Random(f"{seed}-{name}")) for name in names}


def days_of(person: Person, begin: datetime, end: datetime) -> Iterator[Event]:
    """Yield what happens in a person's life, in no order."""
    random, span_s = person.random, (end - begin).total_seconds()
    days = span_s / 86_400

    def some(most: float) -> Iterator[datetime]:
        for _ in range(round(random.random() * most * days)):
            yield begin + timedelta(seconds=random.random() * span_s)

    def event(at: datetime, act: Act, number: int = 0) -> Event:
        return Event(at, person.user_id, act, number)

    for at in some(person.habit):
        yield from _talk(person, at)
    minute, exact = random.randrange(24 * 60), random.random() < 0.5
    plan = Plan(user_id=person.user_id, timezone=person.zone, minute=minute, days=DAYS, exact=exact)
    due = next_occurrence(plan, begin)
    while due is not None and due.at < end:
        yield event(due.at, "check_in")
        due = next_occurrence(plan, due.at)
    acts: tuple[tuple[Act, float], ...] = (
        ("nudge", 1.0),
        ("reminder", 0.5),
        ("notice", 0.3),
        ("travel", 0.1),
        ("quiet", 0.2),
        ("mute", 0.1),
        ("unmute", 0.3),
        ("rotate", 0.3),
    )
    for act, most in acts:
        for at in some(most):
            yield event(at, act)


def _talk(person: Person, at: datetime) -> Iterator[Event]:
    """Come, write, and leave before or after the answers; read them at once, later or never."""
    random = person.random
    yield Event(at, person.user_id, "come")
    left = at + timedelta(seconds=random.choice([5, 30, 200, 1800]))
    ended = at
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        ended += timedelta(seconds=random.choice([0.3, 2, 20, 60, 150]))
        yield Event(ended, person.user_id, "write")
        ended += timedelta(seconds=random.choice([0.5, 4, 45, 300]))
        yield Event(ended, person.user_id, "reply")
        if ended < left:
            yield Event(ended + timedelta(seconds=2), person.user_id, "read")
    yield Event(max(left, at), person.user_id, "leave")
    if random.random() < 0.7:
        later = timedelta(seconds=random.choice([10, 60, 600, 7200, 40_000]))
        yield Event(ended + later, person.user_id, "read")
