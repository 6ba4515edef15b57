"""Which session an id of v1 or v2 names: one that the caller can prove, or none."""

from contextlib import suppress

from msgspec import Struct

from app.api.endpoint import Asked
from app.api.v2.people import product_of, user_of
from app.security.claims import is_claim, new_claim, owner_of
from sessions.errors import NotFound
from sessions.threads import Threads

__all__ = ["CLAIMED", "Place", "new_place", "place_of", "provable"]

CLAIMED = "claimed"


class Place(Struct, frozen=True, kw_only=True):
    """A session of a user, by its name in `Threads`; `shown` is what its client calls it.

    The user of a `claimed` one has no other session.
    """

    user_id: str
    name: str
    shown: str
    claimed: bool = False

    @property
    def session_id(self) -> str:
        """Return the session's id, whether there is one or not; raises BadRequest."""
        return Threads.session_id(self.user_id, self.name)


async def provable(request: Asked, name: str) -> Place | None:
    """Return the session that an id names for this caller, None when nothing proves it theirs.

    With a token it is the user's own of that name, without one only an id that the server handed
    out opens a session. Raises Unauthenticated.
    """
    if user_id := await user_of(request):
        return Place(user_id=user_id, name=name, shown=name)
    if is_claim(name):
        return _claimed(name)
    return None


async def place_of(request: Asked, name: str, text: str) -> Place:
    """Return the session to keep a text in, made when it is new.

    Whoever proves nothing gets a new one, whose id is handed out; so does whoever shows an id that
    was never handed out, or whose session was deleted. Raises Unauthenticated, NotFound,
    BadRequest.
    """
    product = product_of(request)
    place = await provable(request, name)
    if place is not None and place.claimed:
        with suppress(NotFound):
            await product.sessions.get(place.user_id, place.session_id)
            return place
    if place is None or place.claimed:
        place = new_place()
    await product.threads.named(place.user_id, place.name, text=text)
    return place


def new_place() -> Place:
    """Return a session that nobody knows of yet."""
    return _claimed(new_claim())


def _claimed(claim: str) -> Place:
    return Place(user_id=owner_of(claim), name=CLAIMED, shown=claim, claimed=True)
