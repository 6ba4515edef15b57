"""Personas as pickers show them."""

from msgspec import Struct

__all__ = [
    "PersonaInfo",
    "PersonaList",
]


class PersonaInfo(Struct, frozen=True, kw_only=True):
    """A persona as a picker shows it."""

    id: str
    name: str
    names: dict[str, str]
    role: str
    traits: tuple[str, ...]
    strengths: tuple[str, ...]
    color: str


class PersonaList(Struct, frozen=True, kw_only=True):
    """All personas, in their fixed order."""

    personas: tuple[PersonaInfo, ...]
