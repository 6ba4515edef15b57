"""GET /personas."""

from litestar import get

from app.api.v21.parts import CataloguePart
from schemas.resources import PersonaList

__all__ = ["personas"]


@get("/personas", tags=["personas"], security=[], summary="List the personas")
async def personas(catalogue: CataloguePart) -> PersonaList:
    """Return all personas, in their fixed order."""
    return PersonaList(personas=catalogue.infos())
