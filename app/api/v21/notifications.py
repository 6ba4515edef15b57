"""How somebody wants to be told, and what their devices tell of what came."""

from typing import Annotated, TypeAlias

from litestar import Controller, get, patch, post
from litestar.params import JSONBody, PathParameter
from msgspec import UNSET, structs

from app.api.v21.parts import Caller, LimitsPart, PushPart
from app.security.rates import READ, WRITE, spend
from push.documents import PushSettings
from schemas.devices import AckNotification, NotificationSettings, UpdateNotificationSettings

__all__ = ["NotificationsController"]

NotificationId: TypeAlias = Annotated[str, PathParameter(min_length=1, max_length=64)]


class NotificationsController(Controller):
    """Notifications of a user; another user's do not exist (404)."""

    path = "/notifications"
    tags = ("notifications",)

    @get("/settings", summary="See what you are told, and when not")
    async def settings(
        self, user_id: Caller, push: PushPart, limits: LimitsPart
    ) -> NotificationSettings:
        """Return the settings, those of the house where none were changed."""
        await spend(limits, READ, user_id)
        return _view(await push.settings(user_id), push.web_push_key)

    @patch("/settings", summary="Change what you are told, and when not")
    async def set(
        self,
        data: JSONBody[UpdateNotificationSettings],
        user_id: Caller,
        push: PushPart,
        limits: LimitsPart,
    ) -> NotificationSettings:
        """Set what the body names; it holds at once, also for what waits to be sent."""
        await spend(limits, WRITE, user_id)
        named = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
        for name in ("quiet_from", "quiet_to"):
            if name in named:
                named[name] = _minutes(named[name])
        changed = await push.update(user_id, **named)
        return _view(changed, push.web_push_key)

    @post("/{notification_id:str}/ack", status_code=204, summary="Tell that a notification came")
    async def ack(
        self,
        notification_id: NotificationId,
        data: JSONBody[AckNotification],
        user_id: Caller,
        push: PushPart,
        limits: LimitsPart,
    ) -> None:
        """Note that a notification was shown or opened; said again it changes nothing."""
        await spend(limits, READ, user_id)
        await push.ack(user_id, notification_id, data)


def _view(settings: PushSettings, web_push_key: str) -> NotificationSettings:
    return NotificationSettings(
        muted=settings.muted,
        quiet_from=_time(settings.quiet_from),
        quiet_to=_time(settings.quiet_to),
        timezone=settings.timezone,
        preview=settings.preview,
        check_ins=settings.check_ins,
        replies_at_once=settings.replies_at_once,
        web_push_key=web_push_key,
        reminders=settings.reminders,
        nudges=settings.nudges,
    )


def _minutes(time: str) -> int:
    hours, _, minutes = time.partition(":")
    return int(hours) * 60 + int(minutes)


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
