"""GET /personas."""

from litestar import get

from schemas.resources import PersonaList
from sessions.personas.catalogue import Catalogue

__all__ = ["personas"]


@get("/personas", tags=["personas"], security=[], summary="List the personas")
async def personas(catalogue: Catalogue) -> PersonaList:
    """Return all personas, in their fixed order."""
    return PersonaList(personas=catalogue.infos())
