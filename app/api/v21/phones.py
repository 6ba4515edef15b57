"""Simulated phones, in development only: a page at /phones, and what it shows."""

from litestar import Controller, MediaType, Response, delete, get
from litestar.params import FromPath

from app.api.requests import CSP
from app.api.v1.home import CONSOLE
from app.api.v21.parts import Caller, LimitsPart, PhonesPart
from app.security.rates import READ, WRITE, spend
from schemas.phones import PhoneList

__all__ = ["PhonesController", "phones_page"]


@get("/phones", include_in_schema=False, media_type=MediaType.HTML)
async def phones_page(phones: PhonesPart) -> Response[bytes]:
    """Return the page; where phones are real there is none (404)."""
    phones.check()
    return Response(
        (CONSOLE / "phones.html").read_bytes(),
        headers={"content-security-policy": CSP, "cache-control": "no-cache"},
    )


class PhonesController(Controller):
    """The caller's simulated phones; another user's do not exist (404)."""

    path = "/phones"
    include_in_schema = False

    @get("/")
    async def all(self, user_id: Caller, phones: PhonesPart, limits: LimitsPart) -> PhoneList:
        """Return what each of the caller's phones shows."""
        await spend(limits, READ, user_id)
        return await phones.of_user(user_id)

    @delete("/{installation_id:str}/cards/{tag:str}")
    async def dismiss(
        self,
        installation_id: FromPath[str],
        tag: FromPath[str],
        user_id: Caller,
        phones: PhonesPart,
        limits: LimitsPart,
    ) -> None:
        """Take a card away, as who swipes it or opens it does."""
        await spend(limits, WRITE, user_id)
        await phones.dismiss(user_id, installation_id, tag)
