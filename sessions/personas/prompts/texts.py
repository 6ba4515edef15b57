"""The product's own words in a prompt, by language."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["texts"]


@cache
def texts(language: str) -> dict[str, Any]:
    """Return the texts a message in `language` gets: Korean for Korean, English for the rest."""
    packaged = files(__package__).joinpath("texts.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, Any]] = tomllib.loads(packaged)
    return tables.get(language, tables["en"])
