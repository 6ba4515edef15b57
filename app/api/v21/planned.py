"""What mentors are going to write of themselves: listed and called off."""

from datetime import UTC
from typing import Annotated, TypeAlias

from litestar import Controller, delete, get
from litestar.params import PathParameter

from app.api.v21.parts import Caller, LimitsPart, PlansPart
from app.pushing.plans import Planned
from app.security.rates import READ, WRITE, spend
from push.wall import zone_named
from schemas.checkins import PlannedList, PlannedMessage

__all__ = ["PlannedController"]

PlannedId: TypeAlias = Annotated[str, PathParameter(min_length=1, max_length=64)]


class PlannedController(Controller):
    """The reminders, nudges and check-ins to come; another user's do not exist (404)."""

    path = "/planned"
    tags = ("notifications",)

    @get("/", summary="List what your mentors are going to write, and when")
    async def all(self, user_id: Caller, plans: PlansPart, limits: LimitsPart) -> PlannedList:
        """Return what would come as consents, quiet hours and memory are now, the next first."""
        await spend(limits, READ, user_id)
        return PlannedList(planned=tuple(map(_view, await plans.of_user(user_id))))

    @delete("/{planned_id:str}", summary="Have a planned message never be written")
    async def remove(
        self, planned_id: PlannedId, user_id: Caller, plans: PlansPart, limits: LimitsPart
    ) -> None:
        """Call it off; what it would have been about stays in memory. A schedule ends whole."""
        await spend(limits, WRITE, user_id)
        await plans.cancel(user_id, planned_id)


def _view(planned: Planned) -> PlannedMessage:
    check_in = planned.check_in
    local = planned.at.astimezone(zone_named(check_in.timezone) or UTC)
    return PlannedMessage(
        id=check_in.id,
        kind=check_in.kind,
        session_id=check_in.session_id,
        persona=check_in.persona,
        about=planned.about,
        words=planned.words,
        memory_id=check_in.fact_id,
        next_at=planned.at,
        timezone=check_in.timezone,
        date=local.date().isoformat(),
        time=f"{local:%H:%M}",
        when=planned.when,
        days=check_in.days,
    )
