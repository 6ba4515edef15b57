"""Days and times as people read them, in English and Korean."""

import re
from datetime import date, datetime

__all__ = ["day_words", "moment_words", "readable"]

_STAMP = re.compile(r"\((?P<day>\d{4}-\d{2}-\d{2})\)\s*$")
_WEEKDAYS = "월화수목금토일"


def readable(text: str, language: str, *, today: date) -> str:
    """Return the words of a memory with the date in brackets at their end as it is read.

    The year is named when it is another one than today's.
    """

    def told(stamp: re.Match[str]) -> str:
        try:
            day = date.fromisoformat(stamp["day"])
        except ValueError:
            return stamp[0]
        return f"({day_words(day, language, today=today)})"

    return _STAMP.sub(told, text)


def day_words(day: date, language: str, *, today: date) -> str:
    """Return a day: Friday, December 4, or 12월 4일 금요일."""
    other = day.year != today.year
    if language == "ko":
        year = f"{day.year}년 " if other else ""
        return f"{year}{day.month}월 {day.day}일 {_WEEKDAYS[day.weekday()]}요일"
    return f"{day:%A, %B} {day.day}" + (f", {day.year}" if other else "")


def moment_words(at: datetime, language: str, *, today: date) -> str:
    """Return a local day and time: Friday, December 4, 9:05 or 12월 4일 금요일 9:05."""
    said = day_words(at.date(), language, today=today)
    joint = " " if language == "ko" else ", "
    return f"{said}{joint}{at.hour}:{at:%M}"
