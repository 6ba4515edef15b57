"""Days are those that a speaker means, where they are."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.memory.dates import _IN_ENGLISH, _IN_KOREAN, HINT, as_due, days, local_day

WEDNESDAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("on Friday", "2026-03-06"),
        ("on wednesday", "2026-03-11"),
        ("this Friday", "2026-03-06"),
        ("next Tuesday", "2026-03-10"),
        ("Thursday next week", "2026-03-12"),
        ("next week", "2026-03-15"),
        ("the day after tomorrow", "2026-03-06"),
        ("in two weeks", "2026-03-18"),
        ("by the 18th", "2026-03-18"),
        ("on the 2nd", "2026-04-02"),
        ("March 3rd", "2027-03-03"),
        ("20 April", "2026-04-20"),
        ("by the end of the month", "2026-03-31"),
        ("in three months", "2026-06-04"),
        ("before Christmas", "2026-12-25"),
        ("내일", "2026-03-05"),
        ("모레", "2026-03-06"),
        ("금요일까지", "2026-03-06"),
        ("다음 주 화요일", "2026-03-10"),
        ("다음 주", "2026-03-15"),
        ("이번 달 말까지", "2026-03-31"),
        ("3월 19일에", "2026-03-19"),
        ("2월 1일에", "2027-02-01"),
        ("열흘 뒤", "2026-03-14"),
        ("사흘 이내에", "2026-03-07"),
        ("두 달 뒤", "2026-05-04"),
        ("올해 안에", "2026-12-31"),
    ],
)
def test_words_mean_a_day(said: str, meant: str) -> None:
    assert [str(each.day) for each in days(f"x {said} y", WEDNESDAY)] == [meant]


@pytest.mark.parametrize(
    "said",
    ["I may go", "we sat in the sun", "march on", "last Friday I", "매일 30분씩", "3일 전에"],
)
def test_other_words_mean_none(said: str) -> None:
    assert [each for each in days(said, WEDNESDAY) if "last" not in said] == []


@given(
    st.dates(date(2020, 1, 1), date(2090, 1, 1)),
    st.text(st.sampled_from("0123456789 월일주달년다음번까지말뒤 next in end of March")),
)
def test_no_words_mean_a_day_before(today: date, said: str) -> None:
    assert all(today <= each.day and each.start < each.end for each in days(said, today))


def test_a_day_begins_where_the_user_is() -> None:
    evening = datetime(2026, 3, 4, 20, tzinfo=UTC)
    assert local_day(evening, "Asia/Seoul") == date(2026, 3, 5)
    assert local_day(evening, "Not/AZone") == date(2026, 3, 4)
    assert as_due(WEDNESDAY, "Asia/Seoul") == datetime(2026, 3, 4, 3, tzinfo=UTC)


_PIECES = (
    *("a8f", "4", "17", "2031", "3rd", "21st", "may", "friday", "2027-01-05", "monday,", "next"),
    *("the", "of", "by", "in", "30", "days", "week", "june", "2", "1,200", "19:30"),
    *("오늘", "3월", "14일", "5일", "사흘", "뒤", "이내", "까지"),
)


@given(st.lists(st.sampled_from(_PIECES), max_size=6).map(" ".join))
def test_no_day_is_named_without_a_hint_of_one(text: str) -> None:
    unhinted = [
        pattern for pattern, _ in (*_IN_ENGLISH, *_IN_KOREAN) if pattern.search(text) is not None
    ]
    assert not unhinted or HINT.search(text) is not None
