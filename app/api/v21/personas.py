"""GET /personas."""

from typing import Annotated

from litestar import get
from litestar.params import HeaderParameter

from app.api.v21.parts import CataloguePart
from schemas.resources import PersonaList

__all__ = ["personas"]


@get("/personas", tags=["personas"], security=[], summary="List the personas")
async def personas(
    catalogue: CataloguePart,
    accept_language: Annotated[str, HeaderParameter(name="accept-language")] = "en",
) -> PersonaList:
    """Return all personas in their fixed order, with roles in the language the caller prefers."""
    language = accept_language.partition(",")[0].partition(";")[0].partition("-")[0].strip().lower()
    return PersonaList(personas=catalogue.infos(language=language or "en"))
