"""What each kind may do to somebody's day, as the documentation promises it."""

from datetime import timedelta

import pytest

from push.kinds import KINDS, Kind, Level, Urgency

Row = tuple[timedelta, bool, Level, Urgency, bool, bool]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# of use for, wakes an Android phone, iOS's level, Web Push's urgency, counts, waits for the morning
PROMISED: dict[Kind, Row] = {
    "reply_ready": (24 * HOUR, True, "active", "high", False, True),
    "reminder": (2 * HOUR, True, "time-sensitive", "high", False, False),
    "check_in": (12 * HOUR, False, "active", "normal", True, True),
    "nudge": (6 * HOUR, False, "passive", "low", True, True),
    "safety": (24 * HOUR, True, "active", "high", False, False),
    "account": (7 * DAY, False, "active", "normal", False, True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_b9_d8_e1_e2_f2_g6_g7_each_kind_is_carried_as_promised(kind: Kind) -> None:
    rules = KINDS[kind]
    carried = (rules.ttl, rules.high, rules.level, rules.urgency)
    assert (*carried, rules.proactive, rules.deferrable) == PROMISED[kind]


def test_e3_b11_each_kind_has_a_channel_of_its_own() -> None:
    assert len({rules.channel for rules in KINDS.values()}) == len(KINDS)
