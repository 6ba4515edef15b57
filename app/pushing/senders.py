"""Who carries notifications to which kind of device, as the settings say."""

from collections.abc import Mapping
from contextlib import AsyncExitStack

from msgspec import Struct

from app.pushing.screens import Screens
from app.settings import Settings, SettingsError
from push.documents import DeviceDocument, DeviceKind
from push.lanes import Lane, Lanes
from push.logged import LoggedSender
from push.paced import PacedSender
from push.ports import Sender
from push.webpush.keys import BadVapidKey, VapidKey, kept_key, read_keys
from push.webpush.sender import WebPushSender
from push.webpush.subscription import BadSubscription, read_subscription
from sessions.clock import Clock
from sessions.errors import BadRequest
from sessions.tasks import Tasks

__all__ = ["Senders", "check_address", "open_senders"]

_KINDS: tuple[DeviceKind, ...] = ("fcm_token", "fcm_fid", "webpush")


class Senders(Struct, frozen=True, kw_only=True):
    """A sender for each kind of device that can be reached, and the key browsers subscribe with.

    `lanes` know how their push services fare; `screens` are those of simulated phones, if any.
    """

    by_kind: Mapping[DeviceKind, Sender]
    lanes: Lanes
    web_push_key: str = ""
    screens: Screens | None = None


def check_address(kind: DeviceKind, address: str) -> None:
    """Raise BadRequest for a browser's address at no push service that is known (F11)."""
    if kind == "webpush":
        try:
            read_subscription(address)
        except BadSubscription as error:
            raise BadRequest(f"the subscription can't be used: {error}") from None


async def open_senders(
    settings: Settings, stack: AsyncExitStack, *, clock: Clock, tasks: Tasks
) -> Senders:
    """Open what the settings name until `stack` ends; raises SettingsError.

    In development a line in the log stands for what has no credentials, and phones are simulated
    where one process does all.
    """
    logged = LoggedSender()
    by_kind: dict[DeviceKind, Sender] = {}
    if settings.push == "log" or (settings.push == "auto" and settings.env == "development"):
        by_kind = dict.fromkeys(_KINDS, logged)
    screens = Screens(logged, clock) if _simulates(settings) else None
    if screens is not None:
        by_kind["fcm_token"] = by_kind["fcm_fid"] = screens
    lanes = Lanes(clock)
    if settings.push == "auto" and settings.firebase_credentials:
        by_kind["fcm_token"] = by_kind["fcm_fid"] = _fcm(settings, stack, lanes, clock)
    web_push_key = ""
    if settings.push == "auto" and settings.vapid_subject:
        keys = _vapid_keys(settings)
        by_kind["webpush"] = _web_push(settings, stack, keys, lanes, clock)
        web_push_key = keys[0].public
    return Senders(by_kind=by_kind, lanes=lanes, web_push_key=web_push_key, screens=screens)


def _simulates(settings: Settings) -> bool:
    """Tell whether phones are simulated: their screens are in the memory of who sends."""
    return (
        settings.env == "development"
        and settings.push == "auto"
        and not settings.firebase_credentials
        and settings.push_worker == "inside"
        and settings.workers == 1
    )


def _fcm(settings: Settings, stack: AsyncExitStack, lanes: Lanes, clock: Clock) -> Sender:
    try:
        # an extra, and slow to import
        from push.fcm.opening import BadCredentials, open_fcm
    except ImportError:
        message = "ION_FIREBASE_CREDENTIALS: install ion-mentoring[firebase]"
        raise SettingsError(message) from None
    try:
        sender = open_fcm(settings.firebase_credentials, clock=clock, url=settings.fcm_url)
    except BadCredentials as error:
        raise SettingsError(f"ION_FIREBASE_CREDENTIALS: {error}") from None
    stack.push_async_callback(sender.aclose)
    return PacedSender(sender, lanes, sender.lanes_of)


def _web_push(
    settings: Settings,
    stack: AsyncExitStack,
    keys: tuple[VapidKey, ...],
    lanes: Lanes,
    clock: Clock,
) -> Sender:
    try:
        sender = WebPushSender(keys, subject=settings.vapid_subject, clock=clock)
    except ValueError as error:
        raise SettingsError(f"ION_VAPID_SUBJECT: {error}") from None
    stack.push_async_callback(sender.aclose)
    return PacedSender(sender, lanes, _web_lanes)


def _web_lanes(device: DeviceDocument) -> tuple[Lane, ...]:
    try:
        host = read_subscription(device.address).host
    except BadSubscription:
        # the sender refuses it
        return ()
    return (("device", device.id), ("host", host))


def _vapid_keys(settings: Settings) -> tuple[VapidKey, ...]:
    """Return the keys that are set, as production has them, or the one that is kept with data."""
    path = settings.data_dir / "vapid_key"
    try:
        if settings.vapid_private_key:
            return read_keys(settings.vapid_private_key)
        return (kept_key(path),)
    except BadVapidKey as error:
        where = "ION_VAPID_PRIVATE_KEY" if settings.vapid_private_key else path
        raise SettingsError(f"{where}: {error}") from None
