"""The six kinds of notifications, and what each may do to somebody's day."""

from datetime import timedelta
from typing import Literal, TypeAlias

from msgspec import Struct

__all__ = ["KINDS", "Kind", "KindRules", "Level", "News", "Urgency"]

Kind: TypeAlias = Literal["reply_ready", "reminder", "check_in", "nudge", "safety", "account"]
# what an account may be told of: each has its words, and no other
News: TypeAlias = Literal["", "merged", "login_ended"]
Level: TypeAlias = Literal["passive", "active", "time-sensitive"]
Urgency: TypeAlias = Literal["very-low", "low", "normal", "high"]


class KindRules(Struct, frozen=True, kw_only=True):
    """How a kind is carried.

    `channel` is Android's channel and the analytics label, one a kind, so that people can mute
    nudges and keep replies (E3, B11). `ttl` is how long it is of use (B9). `high` asks Android to
    wake a phone at once, only for what always shows (E1, E2); `level` is iOS's interruption level
    (D8), `urgency` that of Web Push (F2). A `proactive` kind is the mentor's idea and counts
    against the caps (G7); one that is `deferrable` waits for the end of quiet hours (G6).
    """

    channel: str
    ttl: timedelta
    high: bool
    level: Level
    urgency: Urgency
    proactive: bool
    deferrable: bool


KINDS: dict[Kind, KindRules] = {
    "reply_ready": KindRules(
        channel="replies",
        ttl=timedelta(hours=24),
        high=True,
        level="active",
        urgency="high",
        proactive=False,
        deferrable=True,
    ),
    "reminder": KindRules(
        channel="reminders",
        ttl=timedelta(hours=2),
        high=True,
        level="time-sensitive",
        urgency="high",
        proactive=False,
        deferrable=False,
    ),
    "check_in": KindRules(
        channel="check_ins",
        ttl=timedelta(hours=12),
        high=False,
        level="active",
        urgency="normal",
        proactive=True,
        deferrable=True,
    ),
    "nudge": KindRules(
        channel="nudges",
        ttl=timedelta(hours=6),
        high=False,
        level="passive",
        urgency="low",
        proactive=True,
        deferrable=True,
    ),
    "safety": KindRules(
        channel="safety",
        ttl=timedelta(hours=24),
        high=True,
        level="active",
        urgency="high",
        proactive=False,
        deferrable=False,
    ),
    "account": KindRules(
        channel="account",
        ttl=timedelta(days=7),
        high=False,
        level="active",
        urgency="normal",
        proactive=False,
        deferrable=True,
    ),
}
