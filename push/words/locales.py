"""Languages that there is copy in, and their forms for numbers."""

from collections.abc import Callable

__all__ = ["FALLBACK", "chain", "plural"]

FALLBACK = "en"

# CLDR's cardinal rules for whole numbers, of the languages in words.toml
_PLURALS: dict[str, Callable[[int], str]] = {
    "en": lambda count: "one" if count == 1 else "other",
    "ko": lambda count: "other",
}


def chain(locale: str) -> tuple[str, ...]:
    """Return the locales to look for copy in, best first: en-GB, then en; English is the last."""
    parts = [part for part in locale.replace("_", "-").split("-") if part]
    parts = [parts[0].lower(), *parts[1:]] if parts else []
    longest_first = ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return tuple(dict.fromkeys([*longest_first, FALLBACK]))


def plural(locale: str, count: int) -> str:
    """Return the form ("one", "other") that a language takes for a count."""
    return _PLURALS.get(locale.partition("-")[0], _PLURALS[FALLBACK])(count)
