"""GET /personas and /personas/{name}: what each persona is good at."""

from functools import cache

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp

from app.api.endpoint import Asked, endpoint, reply
from app.api.v2.errors import InvalidPersona
from app.api.v2.people import product_of, user_of
from schemas.v2.errors import ErrorReply
from schemas.v2.recommend import Capabilities, PersonasReply
from sessions.personas.catalogue import Catalogue

__all__ = ["PERSONA_ROUTES", "capabilities", "persona_named"]


@endpoint(
    "GET",
    "/personas",
    "List the personas",
    gives={200: PersonasReply, 401: ErrorReply},
    secured="may",
)
async def personas(request: Asked) -> ASGIApp:
    """Return all personas in their fixed order."""
    await user_of(request)
    return ASGIResponse(body=_all(product_of(request).catalogue))


@endpoint(
    "GET",
    "/personas/{name:str}",
    "Get a persona",
    gives={200: Capabilities, 401: ErrorReply, 404: ErrorReply},
    secured="may",
)
async def persona(request: Asked, name: FromPath[str]) -> ASGIApp:
    """Return one persona; its name may be written in any case."""
    await user_of(request)
    catalogue = product_of(request).catalogue
    return reply(capabilities(catalogue, persona_named(catalogue, name)))


PERSONA_ROUTES: list[HTTPRouteHandler] = [personas, persona]


def persona_named(catalogue: Catalogue, name: str) -> str:
    """Return the id of a persona by its name in any case; raises InvalidPersona."""
    wanted = name.strip().casefold()
    if wanted not in catalogue:
        raise InvalidPersona(f"there is no such persona; known are {', '.join(catalogue.ids)}")
    return wanted


@cache
def capabilities(catalogue: Catalogue, persona_id: str) -> Capabilities:
    """Return what a persona is good at; raises NotFound."""
    one = catalogue.get(persona_id)
    return Capabilities(
        name=one.name("en"),
        traits=one.traits,
        strengths=one.strengths,
        best_for_tones=one.preferred_tones,
        best_for_paces=one.preferred_paces,
        best_for_intents=one.preferred_intents,
    )


@cache
def _all(catalogue: Catalogue) -> bytes:
    listed = tuple(capabilities(catalogue, each) for each in catalogue.ids)
    return msgspec.json.encode(PersonasReply(total=len(listed), personas=listed))
