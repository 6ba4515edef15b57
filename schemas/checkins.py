"""Check-ins: times at which a mentor writes first."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

__all__ = ["CheckIn", "CheckInList", "CreateCheckIn", "PlannedList", "PlannedMessage"]

Weekday = Annotated[int, Meta(ge=1, le=7, description="1 Monday to 7 Sunday")]
TimeOfDay = Annotated[
    str,
    Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="a time of day, HH:MM"),
]
Day = Annotated[
    str,
    Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", description="a date, YYYY-MM-DD, or nothing"),
]


class CreateCheckIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of POST /checkins: on `days` (1 Monday to 7 Sunday), or once on `date`, at `time`.

    Both are of `timezone`, an IANA name; "" is that of the settings, the session or the device.
    `about` is what to ask for, `persona` who asks; without them the mentor goes on from what was
    said.
    """

    session_id: Annotated[str, Meta(min_length=1, max_length=64)]
    time: TimeOfDay
    days: Annotated[tuple[Weekday, ...], Meta(max_length=7)] = ()
    date: Day = ""
    timezone: Annotated[str, Meta(max_length=64)] = ""
    about: Annotated[str, Meta(max_length=120)] = ""
    persona: Annotated[str, Meta(max_length=64)] = ""


class CheckIn(Struct, frozen=True, kw_only=True):
    """A time at which a mentor writes first; `next_at` is when it comes next.

    One that keeps a promise of the mentor's names it: `memory_id`.
    """

    id: str
    session_id: str
    time: str
    days: tuple[int, ...]
    date: str
    timezone: str
    about: str
    persona: str
    memory_id: str
    next_at: datetime
    created_at: datetime


class CheckInList(Struct, frozen=True, kw_only=True):
    """A user's check-ins, the next one first."""

    checkins: tuple[CheckIn, ...]


class PlannedMessage(Struct, frozen=True, kw_only=True):
    """A message that a mentor is going to write of itself, at `next_at` as all is now.

    `date` and `time` say that on the user's own clock, in `timezone`, and `when` in words of the
    session's language. `about` are the words it is about, to show: of what the user asked for, of
    the memory `memory_id`, or of a goal; `words` are the same without the day in brackets that may
    end them. `days` are those of a schedule, of which this is the next time; `persona` "" is
    whoever answered last.
    """

    id: str
    kind: Literal["check_in", "reminder", "nudge"]
    session_id: str
    persona: str
    about: str
    memory_id: str
    next_at: datetime
    timezone: str
    date: str
    time: str
    days: tuple[int, ...]
    when: str = ""
    words: str = ""


class PlannedList(Struct, frozen=True, kw_only=True):
    """What a user's mentors are going to write, the next one first."""

    planned: tuple[PlannedMessage, ...]
