"""Who carries notifications to which kind of device, as the settings say."""

from collections.abc import Mapping
from contextlib import AsyncExitStack

from msgspec import Struct

from app.settings import Settings
from push.documents import DeviceKind
from push.logged import LoggedSender
from push.ports import Sender
from sessions.clock import Clock
from sessions.tasks import Tasks

__all__ = ["Senders", "open_senders"]

_KINDS: tuple[DeviceKind, ...] = ("fcm_token", "fcm_fid", "webpush")


class Senders(Struct, frozen=True, kw_only=True):
    """A sender for each kind of device that can be reached, and the key browsers subscribe with."""

    by_kind: Mapping[DeviceKind, Sender]
    web_push_key: str = ""


async def open_senders(
    settings: Settings, stack: AsyncExitStack, *, clock: Clock, tasks: Tasks
) -> Senders:
    """Open what the settings name until `stack` ends; raises SettingsError.

    In development a line in the log stands for what has no credentials.
    """
    logged = LoggedSender()
    by_kind: dict[DeviceKind, Sender] = {}
    if settings.push == "log" or settings.env == "development":
        by_kind = dict.fromkeys(_KINDS, logged)
    return Senders(by_kind=by_kind)
