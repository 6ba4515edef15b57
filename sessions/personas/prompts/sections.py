"""The sections of a user message in a prompt: what the product says, and data of others."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from .quoting import quoted

__all__ = ["Section", "assemble"]


class Section(Struct, frozen=True, kw_only=True):
    """A part of a message; `data` was written by others and is shown between marks.

    What the product says itself stands under the heading of its kind.
    """

    kind: str
    text: str
    data: bool


def assemble(sections: Iterable[Section], words: Mapping[str, Any]) -> str:
    """Return the sections that have something to say, and any message, one below the other."""
    said = (section for section in sections if section.text or section.kind == "message")
    return "\n".join(_shown(section, words) for section in said)


def _shown(section: Section, words: Mapping[str, Any]) -> str:
    if section.data:
        return quoted(section.kind, section.text)
    return f"{words['headings'][section.kind]}\n{section.text}"
