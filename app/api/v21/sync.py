"""GET /sync."""

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter
from msgspec import structs

from app.api.v21.parts import Caller, LimitsPart, ProfilesPart, SessionsPart
from app.api.v21.profile import AcceptLanguage, language_of
from app.security.rates import READ, spend
from schemas.resources import SyncPage
from sessions.profiles.documents import ProfileDocument
from sessions.sync import read_token

__all__ = ["sync"]


@get("/sync", tags=["sync"], summary="What changed since a token")
async def sync(
    user_id: Caller,
    sessions: SessionsPart,
    profiles: ProfilesPart,
    limits: LimitsPart,
    accept_language: AcceptLanguage = "en",
    since: Annotated[str | None, QueryParameter(max_length=64)] = None,
) -> SyncPage:
    """Return changed sessions with their messages, deleted ones and the profile.

    Without `since`: all.
    """
    await spend(limits, READ, user_id)
    page = await sessions.sync(user_id, since)
    # read after the page was made: what changes in between comes again with the next token
    position = read_token(since) if since and not page.reset else None
    profile = await profiles.changed(user_id, position)
    if not isinstance(profile, ProfileDocument):
        return structs.replace(page, profile=profile)
    view = profiles.view(profile, language=language_of(accept_language))
    return structs.replace(page, profile=view)
