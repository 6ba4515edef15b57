"""What a user writes in place of a fact, and when it is due then."""

from datetime import date, timedelta

import pytest

from sessions.memory.correcting import corrected
from sessions.memory.dates import as_due
from tests.sessions.memory.made import NOW, fact

LATER = NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("kind", "was", "due", "text", "told", "then"),
    [
        # another day
        (
            "deadline",
            "My exam is on 12 December (2026-12-12)",
            date(2026, 12, 12),
            "My exam is on 14 December",
            "My exam is on 14 December (2026-12-14)",
            date(2026, 12, 14),
        ),
        # the old figures are left standing behind the new day
        (
            "deadline",
            "My exam is on 12 December (2026-12-12)",
            date(2026, 12, 12),
            "My exam is on 14 December (2026-12-12)",
            "My exam is on 14 December (2026-12-14)",
            date(2026, 12, 14),
        ),
        # the same words mean the day they meant
        (
            "commitment",
            "I'll send the plan tomorrow (2026-11-24)",
            date(2026, 11, 24),
            "I'll send the new plan tomorrow",
            "I'll send the new plan tomorrow (2026-11-24)",
            date(2026, 11, 24),
        ),
        # other words mean a day from today on
        (
            "commitment",
            "I'll send the plan tomorrow (2026-11-24)",
            date(2026, 11, 24),
            "I'll send the plan today",
            "I'll send the plan today (2026-11-30)",
            date(2026, 11, 30),
        ),
        # no day any more
        (
            "deadline",
            "My exam is on 12 December (2026-12-12)",
            date(2026, 12, 12),
            "My exam was put off",
            "My exam was put off",
            None,
        ),
        # the day was in another sentence
        (
            "deadline",
            "The report is due (2026-12-12)",
            date(2026, 12, 12),
            "The long report is due",
            "The long report is due (2026-12-12)",
            date(2026, 12, 12),
        ),
        (
            "deadline",
            "시험이 12월 12일이에요 (2026-12-12)",
            date(2026, 12, 12),
            "시험이 12월 14일이에요",
            "시험이 12월 14일이에요 (2026-12-14)",
            date(2026, 12, 14),
        ),
        (
            "person",
            "My sister is Mina",
            None,
            "My sister is 12 today",
            "My sister is 12 today",
            None,
        ),
    ],
)
def test_a_corrected_fact_is_due_when_its_new_words_say(
    kind: str, was: str, due: date | None, text: str, told: str, then: date | None
) -> None:
    known = fact(kind=kind, text=was, due=as_due(due, "Asia/Seoul") if due else None, slot="")

    changed = corrected(known, text, now=LATER)

    assert changed.text == told
    assert changed.due == (as_due(then, "Asia/Seoul") if then else None)
    assert (changed.edited, changed.edited_at, changed.confidence) == (True, LATER, 1.0)
