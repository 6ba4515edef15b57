"""When mentors write first: listed, agreed on, ended."""

from typing import Annotated, TypeAlias

from litestar import Controller, delete, get, post
from litestar.params import JSONBody, PathParameter

from app.api.v21.parts import AgreementsPart, Caller, LimitsPart
from app.security.rates import READ, WRITE, spend
from push.documents import CheckInDocument
from schemas.checkins import CheckIn, CheckInList, CreateCheckIn

__all__ = ["CheckInsController"]

CheckInId: TypeAlias = Annotated[str, PathParameter(min_length=1, max_length=64)]


class CheckInsController(Controller):
    """The check-ins of a user; another user's do not exist (404)."""

    path = "/checkins"
    tags = ("notifications",)

    @get("/", summary="List when your mentors write first")
    async def all(
        self, user_id: Caller, agreements: AgreementsPart, limits: LimitsPart
    ) -> CheckInList:
        """Return what is to come, the next one first."""
        await spend(limits, READ, user_id)
        return CheckInList(checkins=tuple(map(_view, await agreements.all(user_id))))

    @post("/", summary="Have a mentor write first at a time")
    async def create(
        self,
        data: JSONBody[CreateCheckIn],
        user_id: Caller,
        agreements: AgreementsPart,
        limits: LimitsPart,
    ) -> CheckIn:
        """Agree on a time; asked again it is the same one. Needs `check_ins` in the settings."""
        await spend(limits, WRITE, user_id)
        return _view(await agreements.agree(user_id, data))

    @delete("/{check_in_id:str}", summary="Have a mentor write first no more")
    async def remove(
        self,
        check_in_id: CheckInId,
        user_id: Caller,
        agreements: AgreementsPart,
        limits: LimitsPart,
    ) -> None:
        """End a check-in; what was written stays."""
        await spend(limits, WRITE, user_id)
        await agreements.end(user_id, check_in_id)


def _view(check_in: CheckInDocument) -> CheckIn:
    return CheckIn(
        id=check_in.id,
        session_id=check_in.session_id,
        time=f"{check_in.minute // 60:02}:{check_in.minute % 60:02}",
        days=check_in.days,
        date=check_in.date,
        timezone=check_in.timezone,
        about=check_in.about,
        persona=check_in.persona,
        memory_id=check_in.fact_id,
        next_at=check_in.next_at,
        created_at=check_in.created_at,
    )
