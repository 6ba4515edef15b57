"""Days that English and Korean words mean on the day they are said."""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from sessions.notes.clauses import has_hangul
from sessions.notes.past import is_past

__all__ = ["Day", "as_due", "days", "is_due", "local_day", "names_day"]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_COUNTS = {
    **dict.fromkeys(("a", "an", "one", "한", "하루", "일"), 1),
    **dict.fromkeys(("two", "a couple of", "두", "이틀", "이"), 2),
    **dict.fromkeys(("three", "세", "석", "사흘", "삼"), 3),
    **dict.fromkeys(("four", "네", "나흘"), 4),
    **dict.fromkeys(("five", "다섯", "닷새"), 5),
    **dict.fromkeys(("six", "여섯", "엿새"), 6),
    **dict.fromkeys(("seven", "일곱", "이레"), 7),
    **dict.fromkeys(("eight", "여덟", "여드레"), 8),
    **dict.fromkeys(("nine", "아홉", "아흐레"), 9),
    **dict.fromkeys(("ten", "열", "열흘"), 10),
    "twelve": 12,
    "fourteen": 14,
}
_DAY = (
    r"(?P<day>monday|tues(?:day)?|wednesday|wed\b|thurs(?:day)?|friday|fri\b|saturday|sunday)"
    r"(?:\s+(?:morning|afternoon|evening|night))?"
)
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_COUNT = (
    r"(?P<count>an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen"
    r"|a couple of|\d{1,3})"
)
_SINO = r"(?P<count>하루|이틀|사흘|나흘|닷새|엿새|이레|여드레|아흐레|열흘)"
_KCOUNT = r"(?P<count>\d{1,3}|한|두|세|석|네|다섯|여섯|일곱|여덟|아홉|열|일|이|삼)\s?"
_LATER = r"\s?(?:뒤|후|안|이내)"
_WEEKDAY = r"(?P<day>[월화수목금토일])요일"
_READ_CHARS = 1_000
_BY = r"(?:by|before|until|till|on|due|from|at|in)\s+"

# Without any of these no day is named.
HINT = re.compile(
    r"\d(?:st|nd|rd|th)\b|20\d\d-\d|day|tomorrow|tonight|week|month|year|christmas"
    r"|this (?:morning|afternoon|evening)"
    rf"|\b(?:{_MONTH.replace('?P<month>', '?:')}|{_DAY.replace('?P<day>', '?:')})\b"
    r"|오늘|내일|모레|글피|주말|요일|다음|이번|월말|연말|올해|내년|크리스마스|[일주달월]|[뒤후안]|이내",
    re.IGNORECASE,
)

BOUND = re.compile(
    r"\b(?:by|before|until|till|within|due|due (?:on|by)|no later than)(?: the)?\s*$", re.IGNORECASE
)
BOUND_WORD = re.compile(r"(?:by|before|until|till|due|within)\b", re.IGNORECASE)
BOUND_AFTER = re.compile(r"\s?(?:까지|안에|전에|내에)")

Meaning = Callable[[re.Match[str], date], "date | None"]


class Day(Struct, frozen=True, kw_only=True):
    """A day that a text names, and where; of a longer time it is the last day."""

    day: date
    start: int
    end: int


def names_day(text: str) -> bool:
    """Tell whether a text may name a day, at the cost of one look at its first 1,000 characters."""
    return HINT.search(text, 0, _READ_CHARS) is not None


def is_due(text: str, named: Sequence[Day]) -> bool:
    """Tell whether one of the days that `text` names bounds something: by, before, 까지."""
    return any(
        BOUND.search(text[: each.start])
        or BOUND_WORD.match(text[each.start : each.end])
        or BOUND_AFTER.match(text[each.end :])
        for each in named
    )


def local_day(at: datetime, zone: str) -> date:
    """Return the day that `at` is in an IANA zone; in UTC when there is no such zone."""
    return at.astimezone(_zone(zone)).date()


def as_due(day: date, zone: str) -> datetime:
    """Return noon of a day in a zone, in UTC: a day and not an hour was named."""
    return datetime.combine(day, time(12), tzinfo=_zone(zone)).astimezone(UTC)


def days(text: str, today: date) -> list[Day]:
    """Return the days that `text` names when it is said on `today`, in their order.

    "Friday" is the next one, "next Friday" that of the next week (from Monday on), "next week"
    its Sunday, a date without a year the next one. Days before `today` are left out, so is a
    weekday of which something past is told.
    """
    found: list[Day] = []
    if HINT.search(text) is None:
        return found
    hangul = has_hangul(text)
    for pattern, meaning in (*_IN_ENGLISH, *_IN_KOREAN) if hangul else _IN_ENGLISH:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < each.end and each.start < end for each in found):
                continue
            try:
                day = meaning(match, today)
            except (ValueError, OverflowError):
                continue
            if day is not None and day >= today:
                found.append(Day(day=day, start=start, end=end))
    return sorted(found, key=lambda each: each.start)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _plus(number: int) -> Meaning:
    return lambda _, today: today + timedelta(days=number)


def _counted(match: re.Match[str]) -> int:
    said = " ".join(match["count"].casefold().split())
    return int(said) if said.isdigit() else _COUNTS[said]


def _after(unit: int) -> Meaning:
    return lambda match, today: today + timedelta(days=unit * _counted(match))


def _after_months(match: re.Match[str], today: date) -> date:
    month = today.month - 1 + _counted(match)
    year, month = today.year + month // 12, month % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def _week(match: re.Match[str], today: date) -> date:
    """Return a weekday of this week, the next or the one after it; without one its Sunday."""
    groups = match.groupdict()
    monday = today - timedelta(days=today.weekday())
    weeks = _weeks((groups.get("which") or "").casefold())
    named = groups.get("day")
    if named is None:
        return monday + timedelta(days=6 + 7 * weeks)
    place = "월화수목금토일".find(named)
    place = place if place >= 0 else _DAYS.index(named[:3].casefold())
    day = monday + timedelta(days=place + 7 * weeks)
    return day if day > today or groups.get("which") else day + timedelta(days=7)


def _to_come(meaning: Meaning) -> Meaning:
    return lambda match, today: (
        None if is_past(match.string, *match.span()) else meaning(match, today)
    )


def _weeks(which: str) -> int:
    which = re.sub(r"\s", "", which)
    if which.startswith(("next", "다음", "담", "following")):
        return 1
    return 2 if which.startswith("다다음") else 0


def _dated(match: re.Match[str], today: date) -> date | None:
    groups = match.groupdict()
    number = int(groups["number"]) if groups.get("number") else None
    year = int(groups["year"]) if groups.get("year") else None
    month = _month(groups.get("month"))
    if month is None:
        return _this_or_next_month(number or 1, today)
    for candidate in (year,) if year else (today.year, today.year + 1):
        last = monthrange(candidate, month)[1]
        day = date(candidate, month, number or last)
        if day >= today or year:
            return day
    return None


def _this_or_next_month(number: int, today: date) -> date:
    if number >= today.day:
        return today.replace(day=number)
    return (today.replace(day=1) + timedelta(days=32)).replace(day=number)


def _month(named: str | None) -> int | None:
    if named is None:
        return None
    return int(named) if named.isdigit() else _MONTHS.index(named[:3].casefold()) + 1


def _end_of_month(match: re.Match[str], today: date) -> date:
    later = _weeks((match.groupdict().get("which") or "").casefold())
    month = today.month - 1 + later
    year, month = today.year + month // 12, month % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def _end_of_year(match: re.Match[str], today: date) -> date:
    later = match.groupdict().get("later")
    return date(today.year + (1 if later else 0), 12, 31)


def _holiday(month: int, day: int) -> Meaning:
    def meaning(_: re.Match[str], today: date) -> date:
        here = date(today.year, month, day)
        return here if here >= today else date(today.year + 1, month, day)

    return meaning


_WHICH = r"(?P<which>next|this|coming|the following)"
_ENGLISH: tuple[tuple[str, Meaning], ...] = (
    (rf"\b{_COUNT} days? from (?:now|today)\b", _after(1)),
    (rf"\b{_COUNT} weeks? from (?:now|today)\b", _after(7)),
    (r"\bday after tomorrow\b", _plus(2)),
    (r"\btomorrow\b", _plus(1)),
    (r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b", _plus(0)),
    (rf"\b{_DAY},? (?:of )?(?P<which>next|this) week\b", _week),
    (rf"\b(?P<which>next|this) week(?: on)? {_DAY}\b", _week),
    (rf"\b{_WHICH} {_DAY}\b", _week),
    (rf"\b(?:the )?(?:end of (?:the )?)?{_WHICH} (?:week(?:end)?)\b", _week),
    (r"\b(?:at |on |over )?the (?:weekend|end of the week)\b", _week),
    (rf"\bin {_COUNT} days?\b", _after(1)),
    (rf"\bin {_COUNT} weeks?\b", _after(7)),
    (rf"\bin {_COUNT} months?\b", _after_months),
    (r"\b(?P<year>20\d\d)-(?P<month>\d{1,2})-(?P<number>\d{1,2})\b", _dated),
    (rf"\b{_MONTH}\.? (?P<number>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>20\d\d))?\b", _dated),
    (
        rf"\b(?P<number>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\b(?:,? (?P<year>20\d\d))?",
        _dated,
    ),
    (r"\b(?:on|by|until|before|is|due|to) the (?P<number>\d{1,2})(?:st|nd|rd|th)\b", _dated),
    (r"\b(?:the )?end of (?:the|this) month\b|\bthis month\b", _end_of_month),
    (r"\b(?:the )?(?:end of )?(?P<which>next) month\b", _end_of_month),
    (r"\b(?:the )?end of (?:the|this) year\b|\bthis year\b", _end_of_year),
    (r"\b(?:the )?(?:end of )?(?P<later>next) year\b", _end_of_year),
    (rf"\b(?:{_BY}|(?:the )?end of )(?-i:(?=[A-Z])){_MONTH}\b(?: (?P<year>20\d\d))?", _dated),
    (
        rf"\b(?:{_BY})?(?<!every )(?<!each )(?<!last )(?<!past )(?<!since )\b{_DAY}\b",
        _to_come(_week),
    ),
    (r"\bchristmas\b", _holiday(12, 25)),
    (r"\bnew year'?s eve\b", _holiday(12, 31)),
)
_KWHICH = r"(?P<which>다다음|다음|담|이번|요번)\s?"
_KOREAN: tuple[tuple[str, Meaning], ...] = (
    (r"글피", _plus(3)),
    (r"(?:내일)?\s?모레", _plus(2)),
    (r"내일", _plus(1)),
    (r"오늘", _to_come(_plus(0))),
    (rf"{_KWHICH}주\s?{_WEEKDAY}", _week),
    (rf"{_KWHICH}{_WEEKDAY}", _week),
    (rf"{_KWHICH}(?:주말|주(?!\s?(?:일|문|제|변)))", _week),
    (r"(?<![가-힣])주말", _week),
    (rf"(?<![가-힣]){_WEEKDAY}", _to_come(_week)),
    (rf"{_SINO}{_LATER}", _after(1)),
    (r"(?P<count>일)주일" + _LATER, _after(7)),
    (rf"{_KCOUNT}일{_LATER}", _after(1)),
    (rf"{_KCOUNT}주(?:일)?{_LATER}", _after(7)),
    (rf"{_KCOUNT}(?:달|개월){_LATER}", _after_months),
    (r"(?:(?P<year>20\d\d)년\s?)?(?P<month>\d{1,2})월\s?(?P<number>\d{1,2})일", _dated),
    (r"(?<![\d월])(?P<number>\d{1,2})일(?=까지|에|이|날|\s)(?!\s?(?:전|동안))", _dated),
    (r"(?:(?P<year>20\d\d)년\s?)?(?P<month>\d{1,2})월(?:\s?말)?", _dated),
    (r"이번\s?달(?:\s?말)?|월말", _end_of_month),
    (r"(?P<which>다음)\s?달(?:\s?말)?", _end_of_month),
    (r"올해(?:\s?(?:안|말))?|연말", _end_of_year),
    (r"(?P<later>내년)(?:\s?말)?", _end_of_year),
    (r"크리스마스", _holiday(12, 25)),
)


def _compiled(
    meanings: tuple[tuple[str, Meaning], ...],
) -> tuple[tuple[re.Pattern[str], Meaning], ...]:
    return tuple((re.compile(each, re.IGNORECASE), meaning) for each, meaning in meanings)


_IN_ENGLISH, _IN_KOREAN = _compiled(_ENGLISH), _compiled(_KOREAN)
