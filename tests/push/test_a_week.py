"""Weeks of users whose clocks are set in between: schedule, quiet hours and caps together."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from push.budgets import slot, taken
from push.documents import BudgetDocument, PushSettings
from push.kinds import KINDS
from push.quiet import may_go_at
from push.schedule import Plan, next_occurrence
from tests.push.zones import ODD, changes

WEEK = timedelta(days=7)
DAILY = (1, 2, 3, 4, 5, 6, 7)


def written(random: Random, plan: Plan, chosen: PushSettings, start: datetime) -> list[datetime]:
    """Return when a user who reads some of it is written to in two weeks."""
    sent: list[datetime] = []
    budget, returned = BudgetDocument(id=plan.user_id), False
    after = start
    while (due := next_occurrence(plan, after)) and due.at < start + 2 * WEEK:
        after = due.at
        now = may_go_at(
            "check_in",
            due.at,
            chosen,
            plan.timezone,
            since=due.at,
            useful_until=due.at + KINDS["check_in"].ttl,
        )
        if now is not None and slot(budget, now, returned=returned).taken:
            budget = taken(budget, due.date, now, returned=returned)
            sent.append(now)
            returned = random.random() < 0.6
    return sent


@pytest.mark.parametrize("zone", ODD)
def test_g5_g7_nobody_is_written_to_at_night_or_too_often(zone: str) -> None:
    random = Random(zone)
    begin = random.choice(changes(zone)) - WEEK
    everyone = 0
    for user in range(12):
        chosen = PushSettings(
            id=f"u{user}", quiet_from=random.randrange(1080, 1440), quiet_to=random.randrange(600)
        )
        minute, exact = random.randrange(1440), random.random() < 0.5
        plan = Plan(user_id=chosen.id, timezone=zone, minute=minute, days=DAILY, exact=exact)
        sent = written(random, plan, chosen, begin)
        walls = [at.astimezone(ZoneInfo(zone)) for at in sent]
        for at, wall in zip(sent, walls, strict=True):
            assert chosen.quiet_to <= wall.hour * 60 + wall.minute < chosen.quiet_from
            assert sum(at - timedelta(days=1) < each <= at for each in sent) == 1
            assert sum(at - WEEK < each <= at for each in sent) <= 3
        everyone += len(sent)
    assert everyone > 24
