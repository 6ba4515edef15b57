"""GET, PATCH and DELETE /profile."""

from typing import Annotated, TypeAlias

from litestar import Controller, delete, get, patch
from litestar.params import HeaderParameter, JSONBody

from app.api.v21.parts import Caller, LimitsPart, ProfilesPart
from app.security.rates import READ, WRITE, spend
from schemas.profiles import Profile, UpdateProfile

__all__ = ["AcceptLanguage", "ProfileController", "language_of"]

AcceptLanguage: TypeAlias = Annotated[str, HeaderParameter(name="accept-language")]


class ProfileController(Controller):
    """What is learned of the caller; nobody sees another's."""

    path = "/profile"
    tags = ("profile",)

    @get("/", summary="See what is learned of you, in words")
    async def see(
        self,
        user_id: Caller,
        profiles: ProfilesPart,
        limits: LimitsPart,
        accept_language: AcceptLanguage = "en",
    ) -> Profile:
        """Return everything, in Korean when that is preferred, else in English."""
        await spend(limits, READ, user_id)
        return profiles.view(await profiles.get(user_id), language=language_of(accept_language))

    @patch("/", summary="Set what is to hold")
    async def change(
        self,
        data: JSONBody[UpdateProfile],
        user_id: Caller,
        profiles: ProfilesPart,
        limits: LimitsPart,
        accept_language: AcceptLanguage = "en",
    ) -> Profile:
        """Set what the body names, and nothing else."""
        await spend(limits, WRITE, user_id)
        changed = await profiles.update(user_id, data)
        return profiles.view(changed, language=language_of(accept_language))

    @delete("/", summary="Erase what is learned of you")
    async def erase(self, user_id: Caller, profiles: ProfilesPart, limits: LimitsPart) -> None:
        """Delete the profile with its settings, the log of choices and recommendations."""
        await spend(limits, WRITE, user_id)
        await profiles.erase(user_id)


def language_of(accepted: str) -> str:
    """Return the language for words about a profile, by an Accept-Language header."""
    return "ko" if accepted.strip().lower().startswith("ko") else "en"
