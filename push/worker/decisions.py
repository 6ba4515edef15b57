"""Whether a notification may go now, decided anew each time that it is about to."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from msgspec import Struct

from push.budgets import Budgets, Slot
from push.devices import Devices, clears, is_stale
from push.documents import DeviceDocument, DeviceKind, NotificationDocument, PushSettings
from push.kinds import KINDS
from push.ports import Conversations, Replies
from push.quiet import may_go_at
from push.settings import NotificationSettings, allows
from sessions.clock import Clock

__all__ = ["Decision", "Decisions", "Go", "Later", "Never"]

# who is here will read it, or leave: looked at again soon, then less often
_PRESENT = timedelta(seconds=3)
_PRESENT_MOST = 10
# "at nine" is less than a day after yesterday's when that was late, or clocks are set forward
_SOON = timedelta(hours=1)


class Go(Struct, frozen=True, kw_only=True):
    """It may go now, to those `devices` that do not have it; `told` is what it tells."""

    told: Replies
    settings: PushSettings
    devices: tuple[DeviceDocument, ...]


class Later(Struct, frozen=True, kw_only=True):
    """It is looked at again then."""

    at: datetime
    reason: str


class Never(Struct, frozen=True, kw_only=True):
    """It ends, unless a device has it already."""

    state: Literal["cancelled", "expired"]
    reason: str


Decision: TypeAlias = Go | Later | Never


class Decisions:
    """Asks all that has a say, the cheap ones first; raises StoreUnavailable, Conflict."""

    def __init__(
        self,
        *,
        devices: Devices,
        settings: NotificationSettings,
        budgets: Budgets,
        conversations: Conversations,
        clock: Clock,
        carried: Collection[DeviceKind],
    ) -> None:
        self._devices = devices
        self._settings = settings
        self._budgets = budgets
        self._conversations = conversations
        self._clock = clock
        self._carried = carried

    async def decide(self, row: NotificationDocument) -> Decision:
        """Tell what to do with a row now; takes a slot of the budget when it may go (G7)."""
        if self._clock.now() >= row.useful_until:
            return Never(state="expired", reason="too_late")
        settings = await self._settings.get(row.user_id)
        if row.clear:
            return await self._clear(row, settings)
        if (refused := _unwanted(row, settings)) is not None:
            return Never(state="cancelled", reason=refused)
        told = await self._told(row)
        if isinstance(told, Never):
            return told
        if (here := await self._present(row)) is not None:
            return here
        devices = await self._reachable(row)
        if not devices:
            return Never(state="cancelled", reason="no_device")
        if (held := self._quiet(row, settings, devices)) is not None:
            return held
        slot = await self._budgets.take(row.kind, row.user_id, row.id)
        if not slot.taken:
            return _capped(row, slot, self._clock.now())
        return Go(told=told, settings=settings, devices=devices)

    async def _clear(self, row: NotificationDocument, settings: PushSettings) -> Go:
        wanted = {each.device_id for each in row.deliveries}
        devices = row.devices or await self._devices.of_user(row.user_id)
        return Go(
            told=Replies(count=0, text="", persona=""),
            settings=settings,
            devices=tuple(
                each
                for each in devices
                if each.id in wanted and each.kind in self._carried and clears(each)
            ),
        )

    async def _told(self, row: NotificationDocument) -> Replies | Never:
        told = Replies(count=1, text=row.text, persona=row.persona)
        if row.numbers:
            found = await self._conversations.replies(row.user_id, row.session_id, row.numbers)
            if not found.count:
                return Never(state="cancelled", reason="read")
            told = _named(found, row)
        if row.kind == "nudge" and (told.at_risk or await self._is_at_risk(row)):
            return Never(state="cancelled", reason="at_risk")
        return told

    async def _is_at_risk(self, row: NotificationDocument) -> bool:
        return bool(row.session_id) and await self._conversations.at_risk(row.session_id)

    async def _present(self, row: NotificationDocument) -> Later | None:
        if not row.session_id or row.kind == "reminder":
            return None
        if not await self._conversations.is_here(row.user_id, row.session_id):
            return None
        wait = _PRESENT * min(row.deferrals + 1, _PRESENT_MOST)
        return Later(at=self._clock.now() + wait, reason="present")

    async def _reachable(self, row: NotificationDocument) -> tuple[DeviceDocument, ...]:
        now = self._clock.now()
        return tuple(
            device
            for device in await self._devices.of_user(row.user_id)
            if device.kind in self._carried
            and not (KINDS[row.kind].proactive and is_stale(device, now))
        )

    def _quiet(
        self,
        row: NotificationDocument,
        settings: PushSettings,
        devices: tuple[DeviceDocument, ...],
    ) -> Later | Never | None:
        now = self._clock.now()
        at = may_go_at(
            row.kind,
            now,
            settings,
            next((each.timezone for each in devices if each.timezone), ""),
            since=row.created_at,
            useful_until=row.useful_until,
            locale=devices[0].locale,
        )
        if at is None:
            return Never(state="expired", reason="quiet")
        return Later(at=at, reason="quiet") if at > now else None


def _capped(row: NotificationDocument, slot: Slot, now: datetime) -> Later | Never:
    """Return what becomes of a row that is one too many now, and may not be soon."""
    at = slot.free_at
    if at is None or at > now + _SOON or at >= row.useful_until:
        return Never(state="cancelled", reason="capped")
    return Later(at=at, reason="capped")


def _unwanted(row: NotificationDocument, settings: PushSettings) -> str | None:
    """Return why a user does not want to be told, as they say now (G9)."""
    if row.kind in settings.muted:
        return "muted"
    if not allows(settings, row.kind):
        return "no_consent"
    return None


def _named(found: Replies, row: NotificationDocument) -> Replies:
    """Return what is unread, in the row's own words where it has some."""
    if not row.text:
        return found
    return Replies(
        count=found.count, text=row.text, persona=row.persona, at=found.at, at_risk=found.at_risk
    )
