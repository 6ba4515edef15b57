"""The title and the body of a notification, in a locale, and hidden where that is asked for."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct

from push.kinds import Kind, News

from .locales import chain, plural
from .previews import previewed
from .truncation import truncated

__all__ = ["Shown", "words_of"]

TITLE_BYTES = 160
BODY_BYTES = 1024
PRODUCT = "ION"
# never on a lock screen, whatever else the user shows there
ALWAYS_HIDDEN: frozenset[Kind] = frozenset(["safety"])


class Shown(Struct, frozen=True, kw_only=True):
    """What a phone shows."""

    title: str
    body: str


def words_of(
    kind: Kind,
    locale: str = "",
    *,
    count: int = 1,
    name: str = "",
    text: str = "",
    news: News = "",
    preview: bool = False,
) -> Shown:
    """Return what a notification of a kind says in the best copy for `locale`.

    `name` is the mentor's as shown, `text` the newest of `count` messages. Without `preview`
    neither is said; `news` of an account has words of its own, which name nobody and are always
    said. The title has at most 160 bytes, the body 1,024.
    """
    line = previewed(text) if preview and kind not in ALWAYS_HIDDEN else ""
    if news:
        line = _copy(kind, locale, news, count)
    title = PRODUCT
    if line:
        named = previewed(name) or PRODUCT
        title = _copy(kind, locale, "title", count).format(name=named, count=count)
    body = line or _copy(kind, locale, "hidden", count).format(count=count)
    return Shown(title=truncated(title, TITLE_BYTES), body=truncated(body, BODY_BYTES))


def _copy(kind: Kind, locale: str, part: str, count: int) -> str:
    book = copy()
    found = next(each for each in chain(locale) if kind in book.get(each, {}))
    forms: dict[str, str] = book[found][kind][part]
    return forms.get(str(count)) or forms.get(plural(found, count)) or forms["other"]


@cache
def copy() -> dict[str, Any]:
    """Return the packaged copy by locale, kind, part and number; it never changes."""
    packaged = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(packaged)
