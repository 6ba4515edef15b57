"""The words that notes are found by."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["words"]


@cache
def words(language: str) -> dict[str, Any]:
    """Return the packaged words of `english` or `korean`; they never change."""
    packaged = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(packaged)[language]
    return table
