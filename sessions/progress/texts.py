"""The product's own words about a session, by language."""

import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["texts"]


@cache
def texts(language: str) -> dict[str, str]:
    """Return the words for a language: Korean for Korean, English for the rest."""
    packaged = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, str]] = tomllib.loads(packaged)
    return tables.get(language, tables["en"])
