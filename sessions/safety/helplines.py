"""Ways to reach a human, by the country someone is probably in."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from msgspec import Struct, convert

from schemas.resources import HelpLine

__all__ = ["Help", "country_of", "help_for"]

REGION = re.compile(r"[-_]([A-Za-z]{2})(?=$|[-_.@])")
MOST_LINES = 4


class Help(Struct, frozen=True, kw_only=True):
    """Who can be reached, the nearest first; numbers are empty when no country is known."""

    lines: tuple[HelpLine, ...]
    emergency: str = ""
    police: str = ""


class _Line(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    contact: str
    url: str
    hours: str
    languages: tuple[str, ...]
    source: str
    checked: str
    topic: str = ""


class _Country(Struct, frozen=True, kw_only=True):
    emergency: str
    lines: tuple[_Line, ...]
    police: str = ""


class _Book(Struct, frozen=True, kw_only=True):
    anywhere: tuple[_Line, ...]
    country: dict[str, _Country]
    timezones: dict[str, str]
    languages: dict[str, str]


@cache
def _book() -> _Book:
    """Return the packaged helplines; they never change."""
    packaged = files(__package__).joinpath("helplines.toml").read_text(encoding="utf-8")
    return convert(tomllib.loads(packaged), _Book)


def country_of(*, locale: str, timezone: str, language: str) -> str:
    """Return the ISO 3166 code that the locale names, else the IANA time zone, else the language.

    Empty when none of them tells.
    """
    if (region := REGION.search(locale)) is not None:
        return region[1].upper()
    return _zone_country(timezone) or _book().languages.get(language, "")


def _zone_country(timezone: str) -> str:
    zones = _book().timezones
    return next((code for code, names in zones.items() if timezone in names.split()), "")


def help_for(category: str, *, locale: str, timezone: str, language: str) -> Help:
    """Return the lines for `category`: the country's own first, findahelpline.com last.

    When the time zone lies in another country than the locale, its lines follow the locale's.
    """
    book = _book()
    code = country_of(locale=locale, timezone=timezone, language=language)
    country = book.country.get(code)
    lines = _sorted(country, category)
    if (elsewhere := _zone_country(timezone)) != code:
        lines += _sorted(book.country.get(elsewhere), category)[:1]
    shown = (*lines[: MOST_LINES - len(book.anywhere)], *book.anywhere)
    emergency = country.emergency if country else ""
    return Help(
        lines=tuple(map(_shown, shown)),
        emergency=emergency,
        police=country.police or emergency if country else "",
    )


def _sorted(country: _Country | None, category: str) -> tuple[_Line, ...]:
    if country is None:
        return ()
    own = [line for line in country.lines if line.topic == category]
    return (*own, *(line for line in country.lines if not line.topic))


def _shown(line: _Line) -> HelpLine:
    return HelpLine(
        name=line.name,
        contact=line.contact,
        url=line.url,
        hours=line.hours,
        languages=line.languages,
        source=line.source,
        checked=line.checked,
    )
