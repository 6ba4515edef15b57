"""What operators do about notifications, with the operator's token."""

from typing import Any, TypeAlias

from litestar import Controller, Request, get, post
from litestar.params import FromPath

from app.api.v21.parts import LanesPart, LedgerPart, OutboxPart, SettingsPart
from app.security.operators import check_operator
from push import lanes as push_lanes
from push.documents import NotificationDocument
from push.kinds import KINDS
from schemas.operating import DeadNotification, LaneReport, NotificationReport
from sessions.errors import NotFound

__all__ = ["OperatingController"]

Asked: TypeAlias = Request[Any, Any, Any]


class OperatingController(Controller):
    """Counts of all users' notifications, and those that nobody could be told."""

    path = "/operator/notifications"
    tags = ("operator",)
    security = ({"operator": []},)

    @get("/", summary="See how notifications fare")
    async def report(
        self, request: Asked, ledger: LedgerPart, lanes: LanesPart, settings: SettingsPart
    ) -> NotificationReport:
        """Return counts of rows and events, the newest dead ones, and how push services fare."""
        _check(request, settings.operator_token)
        return NotificationReport(
            counts={str(state): count for state, count in (await ledger.counts()).items()},
            events={str(event): count for event, count in ledger.events().items()},
            dead=tuple(map(_view, await ledger.dead())),
            lanes=tuple(map(_lane, lanes.report())),
            late_s=await ledger.late_s(),
        )

    @post("/{notification_id:str}/redrive", status_code=204, summary="Try a dead notification anew")
    async def redrive(
        self,
        notification_id: FromPath[str],
        request: Asked,
        outbox: OutboxPart,
        ledger: LedgerPart,
        settings: SettingsPart,
    ) -> None:
        """Have it sent as long as one of its kind is of use, from now on."""
        _check(request, settings.operator_token)
        row = await outbox.get(notification_id)
        if row is None or not await ledger.redrive(row.id, useful_for=KINDS[row.kind].ttl):
            raise NotFound("there is no such dead notification")


def _check(request: Asked, token: str) -> None:
    check_operator(token, request.headers.get("authorization"))


def _lane(lane: push_lanes.LaneReport) -> LaneReport:
    return LaneReport(
        scope=lane.scope,
        name=lane.name,
        open=lane.is_closed,
        wait_s=lane.wait_s,
        client_errors=lane.client_errors,
        alarm=lane.alarm,
    )


def _view(row: NotificationDocument) -> DeadNotification:
    return DeadNotification(
        id=row.id,
        kind=row.kind,
        reason=row.reason,
        attempts=row.attempts,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
