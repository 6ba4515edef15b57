"""The days that a text speaks of, in English and Korean, seen from the day it was written."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

__all__ = ["Days", "days_of"]

_LONGEST = 2_000
_MOST = 4
_FAR = 200
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS_KO = "월화수목금토일"
_NUMBERS = {
    **dict.fromkeys(("a", "an", "one", "한", "일"), 1),
    **dict.fromkeys(("two", "couple", "두", "이"), 2),
    **dict.fromkeys(("three", "few", "세", "삼"), 3),
    **dict.fromkeys(("four", "네", "사"), 4),
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_MONTH = rf"(?P<month>{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in MONTHS)})\.?"
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(name for name in _NUMBERS if name.isascii())})"
_UNITS = {
    "day": 1,
    "week": 7,
    "weekend": 7,
    "month": 30,
    "year": 365,
    "일": 1,
    "주": 7,
    "달": 30,
    "개월": 30,
    "년": 365,
}
_SHIFTS = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "last night": -1}
_SHIFTS |= {"어제": -1, "오늘": 0, "내일": 1, "모레": 2, "그저께": -2, "그제": -2}
_LAST_KO = {"지난주": ("last", "week"), "지난달": ("last", "month"), "작년": ("last", "year")}
_LAST_KO |= {"이번 주": ("this", "week"), "이번 달": ("this", "month"), "올해": ("this", "year")}
_LAST_KO |= {"다음 주": ("next", "week"), "다음 달": ("next", "month"), "내년": ("next", "year")}
_LAST_KO |= {"지난 주": ("last", "week"), "지난 달": ("last", "month")}


class Days(NamedTuple):
    """From a first to a last day, as proleptic ordinals (date.toordinal)."""

    first: int
    last: int

    def meets(self, other: "Days") -> bool:
        """Tell whether there is a day in both."""
        return self.first <= other.last and other.first <= self.last


def days_of(text: str, today: date) -> tuple[Days, ...]:
    """Return up to 4 spans of days that `text` (its first 2,000 characters) speaks of.

    A month without a year is the last one that has begun by `today`.
    """
    told = text[:_LONGEST].lower()
    found: list[Days] = []
    for pattern, read in _READERS:
        matches = list(pattern.finditer(told))
        for match in matches:
            try:
                found += [each for each in read(match, today) if each not in found]
            except (ValueError, OverflowError):
                continue
        if matches:
            told = pattern.sub(" ", told)
    return tuple(found[:_MOST])


def _exact(match: re.Match[str], today: date) -> Iterator[Days]:
    parts = match.groupdict()
    month = _month_number(parts["month"])
    day = int(parts["day"])
    if parts.get("year"):
        yield _day(date(int(parts["year"]), month, day))
    else:
        this = date(today.year, month, day)
        # who names a day means the one nearest to the present
        near = min(
            (this, this.replace(year=today.year - 1), this.replace(year=today.year + 1)),
            key=lambda each: abs((each - today).days),
        )
        yield _day(near)


def _whole_month(match: re.Match[str], today: date) -> Iterator[Days]:
    month = _month_number(match["month"])
    year = match["year"]
    if year:
        yield _month(int(year), month)
    else:
        yield _month(today.year if month <= today.month else today.year - 1, month)


def _year(match: re.Match[str], _today: date) -> Iterator[Days]:
    year = int(match["year"])
    yield Days(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal())


def _shift(match: re.Match[str], today: date) -> Iterator[Days]:
    yield _day(today + timedelta(days=_SHIFTS[match[0]]))


def _ago(match: re.Match[str], today: date) -> Iterator[Days]:
    count = match["count"]
    many = int(count) if count.isdigit() else _NUMBERS[count]
    if many > _FAR:
        return
    size = _UNITS[match["unit"]]
    sign = 1 if match["way"] in ("later", "from now", "후", "뒤") else -1
    middle = today.toordinal() + sign * many * size
    slack = 0 if size == 1 else size // 2 if size > 7 else 3
    yield Days(middle - slack, middle + slack)


def _relative(match: re.Match[str], today: date) -> Iterator[Days]:
    yield from _period(match["which"], match["unit"], today)


def _relative_ko(match: re.Match[str], today: date) -> Iterator[Days]:
    yield from _period(*_LAST_KO[match[0]], today)


def _period(which: str, unit: str, today: date) -> Iterator[Days]:
    step = {"last": -1, "past": -1, "previous": -1, "this": 0, "next": 1, "coming": 1}[which]
    if unit in WEEKDAYS:
        behind = (today.weekday() - WEEKDAYS.index(unit)) % 7
        shift = -(behind or 7) if step < 0 else (7 - behind if step or behind else 0)
        yield _day(today + timedelta(days=shift))
    elif unit in ("week", "weekend"):
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        first = monday + timedelta(days=5 if unit == "weekend" else 0)
        yield Days(first.toordinal(), monday.toordinal() + 6)
    elif unit == "month":
        months = today.year * 12 + today.month - 1 + step
        yield _month(months // 12, months % 12 + 1)
    elif unit == "year":
        year = today.year + step
        yield Days(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal())


def _weekday(match: re.Match[str], today: date) -> Iterator[Days]:
    yield from _period("last", match["unit"], today + timedelta(days=1))


def _weekday_ko(match: re.Match[str], today: date) -> Iterator[Days]:
    unit = WEEKDAYS[_WEEKDAYS_KO.index(match["unit"])]
    yield from _period("last", unit, today + timedelta(days=1))


def _month_number(name: str) -> int:
    if name.isdigit():
        return int(name)
    return next(at for at, full in enumerate(MONTHS, 1) if full.startswith(name[:3]))


def _month(year: int, month: int) -> Days:
    first = date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return Days(first.toordinal(), following.toordinal() - 1)


def _day(day: date) -> Days:
    return Days(day.toordinal(), day.toordinal())


_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_Reader = Callable[[re.Match[str], date], Iterator[Days]]
_IN = "in|of|since|during|last|this|early|late|mid|until|by"
_ANY_DAY = "|".join(WEEKDAYS)
_UNIT = "weekend|week|month|year"
# In this order; what one has read is out of the next one's sight.
_PATTERNS: tuple[tuple[str, _Reader], ...] = (
    (rf"\b{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)\b", _exact),
    (rf"\b{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?\b", _exact),
    (rf"\b{_MONTH} {_DAY}(?:,? {_YEAR})?\b(?!\d)", _exact),
    (rf"(?:{_YEAR}년 ?)?(?P<month>\d{{1,2}})월 ?(?P<day>\d{{1,2}})일", _exact),
    (rf"\b(?:{_IN}) {_MONTH},?(?: {_YEAR})?\b", _whole_month),
    (rf"\b{_MONTH},? {_YEAR}\b", _whole_month),
    (rf"(?:{_YEAR}년 ?)?(?P<month>\d{{1,2}})월", _whole_month),
    (rf"\b{_YEAR}(?:\b|년)", _year),
    (
        rf"\b{_COUNT} (?:of )?(?P<unit>day|{_UNIT})s? (?P<way>ago|back|before|later|from now)\b",
        _ago,
    ),
    (r"(?P<count>\d{1,3}|[한두세네이삼]) ?(?P<unit>일|주|달|개월|년) ?(?P<way>전|후|뒤)", _ago),
    (r"\blast night\b|\b(?:yesterday|today|tonight|tomorrow)\b", _shift),
    ("어제|오늘|내일|모레|그저께|그제", _shift),
    (
        rf"\b(?P<which>last|past|previous|this|next|coming) (?P<unit>{_UNIT}|{_ANY_DAY})\b",
        _relative,
    ),
    ("|".join(_LAST_KO), _relative_ko),
    (rf"\b(?:on )?(?P<unit>{_ANY_DAY})\b", _weekday),
    (rf"(?P<unit>[{_WEEKDAYS_KO}])요일", _weekday_ko),
)
_READERS = tuple((re.compile(pattern), read) for pattern, read in _PATTERNS)
