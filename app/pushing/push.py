"""What people do with notifications: the one door for every transport."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from secrets import token_hex
from typing import Literal, TypeAlias

from push.devices import Devices, device_id_of
from push.documents import DeviceDocument, DeviceKind, PushSettings
from push.kinds import KINDS
from push.message import PushMessage
from push.outbox import Outbox
from push.outcomes import Accepted, Ambiguous, Configuration, Outcome, Permanent
from push.ports import Conversations, Sender
from push.requests import send
from push.settings import NotificationSettings, allows
from schemas.devices import AckNotification, RegisterDevice, TriedDevice
from sessions.clock import Clock
from sessions.errors import NotFound

__all__ = ["Push"]

# more are phones that somebody had once, or a script
_MOST_DEVICES = 20
_CONSENTS = {"check_ins", "reminders", "nudges"}
_TRY_TTL = timedelta(minutes=5)
Ended: TypeAlias = Literal["gone", "quarantined"]
_TITLES = {"ko": "알림이 잘 도착했어요"}


class Push:
    """Devices and settings of users; what is another's does not exist: NotFound.

    Every method raises StoreUnavailable. `senders` carry to the kinds of devices that are
    configured, `web_push_key` is what browsers subscribe with; `check` raises BadRequest for an
    address that nothing may be sent to.
    """

    def __init__(
        self,
        *,
        devices: Devices,
        settings: NotificationSettings,
        outbox: Outbox,
        conversations: Conversations,
        senders: Mapping[DeviceKind, Sender],
        clock: Clock,
        web_push_key: str = "",
        check: Callable[[DeviceKind, str], None] = lambda _kind, _address: None,
    ) -> None:
        self._devices = devices
        self._settings = settings
        self._outbox = outbox
        self._conversations = conversations
        self._senders = senders
        self._clock = clock
        self._check = check
        self.web_push_key = web_push_key

    async def devices(self, user_id: str) -> list[DeviceDocument]:
        """Return a user's devices in use, the last seen first."""
        return await self._devices.of_user(user_id)

    async def register(
        self, user_id: str, installation_id: str, new: RegisterDevice, address: str
    ) -> DeviceDocument:
        """Keep where an installation is reached, in place of what was known; raises BadRequest.

        Of more than twenty devices those not seen for longest are forgotten. What is about to go to
        whom it was before is decided on again, without it (C4).
        """
        self._check(new.kind, address)
        before = await self._devices.zone_of(user_id)
        owners = await self._devices.owners(installation_id, new.kind, address)
        device = await self._devices.register(
            user_id,
            installation_id,
            kind=new.kind,
            address=address,
            platform=new.platform,
            locale=new.locale,
            timezone=new.timezone,
            app_version=new.app_version,
            preview=new.preview,
        )
        for each in (await self._devices.of_user(user_id))[_MOST_DEVICES:]:
            await self._devices.remove(user_id, each.installation_id)
        for owner in owners - {user_id}:
            await self._outbox.reconsider(owner)
        if new.timezone not in ("", before):
            await self._outbox.reconsider(user_id)
        return device

    async def remove(self, user_id: str, installation_id: str) -> None:
        """Forget an installation's address, and with the last one all that waits (C6).

        What is about to go out is decided on again, without it.
        """
        if not await self._devices.remove(user_id, installation_id):
            raise NotFound("there is no such device")
        if await self._devices.of_user(user_id):
            await self._outbox.reconsider(user_id)
        else:
            await self._outbox.cancel_user(user_id, "no_device")

    async def try_out(self, user_id: str, installation_id: str) -> TriedDevice:
        """Make one request to a device's push service, and tell what it came to."""
        device = await self._devices.get(device_id_of(installation_id))
        if device is None or device.user_id != user_id or device.state != "active":
            raise NotFound("there is no such device")
        sender = self._senders.get(device.kind)
        if sender is None:
            return TriedDevice(outcome="not_configured")
        now = self._clock.now()
        message = PushMessage(
            notification_id=f"n_{token_hex(16)}",
            kind="account",
            title=_TITLES.get(device.locale[:2], "Notifications work"),
            body="",
            tag="test",
            thread="test",
            badge=(await self._conversations.unread(user_id)).count,
            number=int(now.timestamp()),
            ttl=_TRY_TTL,
            created_at=now,
            is_trial=True,
        )
        outcome = await send(sender, device, message)
        if isinstance(outcome, Permanent) and outcome.address != "fine":
            state: Ended = "gone" if outcome.address == "gone" else "quarantined"
            await self._devices.prune(device, state, reason=outcome.reason)
        return _tried(outcome)

    async def settings(self, user_id: str) -> PushSettings:
        """Return what a user wants to be told."""
        return await self._settings.get(user_id)

    async def update(self, user_id: str, **changes: object) -> PushSettings:
        """Change settings, at once also for what waits (G9); raises BadRequest."""
        changed = await self._settings.update(user_id, **changes)  # type: ignore[arg-type]
        if changed.muted and "muted" in changes:
            await self._outbox.cancel_user(user_id, "muted", kinds=changed.muted)
        refused = [kind for kind in KINDS if not allows(changed, kind)]
        if refused and _CONSENTS & changes.keys():
            await self._outbox.cancel_user(user_id, "no_consent", kinds=refused)
        await self._outbox.reconsider(user_id)
        return changed

    async def ack(self, user_id: str, notification_id: str, ack: AckNotification) -> None:
        """Keep what a device tells of a notification (E6)."""
        await self._outbox.receipt(
            user_id,
            notification_id,
            device_id_of(ack.installation_id),
            opened=ack.event == "opened",
            priority=ack.priority,
        )


def _tried(outcome: Outcome) -> TriedDevice:
    match outcome:
        case Accepted():
            return TriedDevice(outcome="accepted")
        case Ambiguous():
            return TriedDevice(outcome="ambiguous", reason=outcome.reason)
        case Permanent():
            return TriedDevice(outcome="refused", reason=outcome.reason)
        case Configuration():
            return TriedDevice(outcome="not_configured", reason=outcome.reason)
        case _:
            return TriedDevice(outcome="later", reason=outcome.reason)
