"""The devices that a user may be told on: registered by the app, moved, replaced and forgotten."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from msgspec import structs

from push.documents import DEVICES, DeviceDocument, DeviceKind, Platform
from push.webpush.subscription import endpoint_of
from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate
from sessions.stores.documents import Documents

__all__ = ["KEPT", "STALE", "Devices", "clears", "device_id_of", "is_stale"]

# after these the app counts as hardly used (C2), and its address as expired (C3)
STALE = timedelta(days=30)
KEPT = timedelta(days=270)
_MOST = 100


class Devices:
    """The devices of all users; raises StoreUnavailable.

    A device that goes leaves a document without owner and address, which ends by itself: so no
    write can remove what somebody registered in the meantime.
    """

    def __init__(self, *, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    async def register(
        self,
        user_id: str,
        installation_id: str,
        *,
        kind: DeviceKind,
        address: str,
        platform: Platform,
        locale: str = "",
        timezone: str = "",
        app_version: str = "",
        preview: bool = False,
    ) -> DeviceDocument:
        """Keep what an installation is reached by, in place of what it was, and return that.

        The same again only says that the app was seen (C1, C8). An address or an installation
        that was another user's is this one's from now on (C4, C5).
        """
        while True:
            now = self._clock.now()
            wanted = DeviceDocument(
                id=device_id_of(installation_id),
                user_id=user_id,
                installation_id=installation_id,
                kind=kind,
                address=address,
                print=_print(kind, address),
                platform=platform,
                registered_at=now,
                seen_at=now,
                expires_at=now + KEPT,
                locale=locale,
                timezone=timezone,
                app_version=app_version,
                preview=preview,
            )
            try:
                await self._free(wanted)
                return await self._put(wanted)
            except (Conflict, Duplicate):
                continue

    async def get(self, device_id: str) -> DeviceDocument | None:
        """Return a device by its id, whatever its state."""
        return await self._documents.get(DEVICES, device_id)

    async def of_user(self, user_id: str) -> list[DeviceDocument]:
        """Return the devices that a user may be told on, the one last seen first."""
        now = self._clock.now()
        return [
            device
            for device in await self._all(user_id)
            if device.state == "active" and device.expires_at > now
        ]

    async def zone_of(self, user_id: str) -> str:
        """Return the time zone of the user's device last seen that told one, or ""."""
        zones = (device.timezone for device in await self._all(user_id))
        return next((zone for zone in zones if zone), "")

    async def owners(self, installation_id: str, kind: DeviceKind, address: str) -> set[str]:
        """Return the users whose an installation or an address is now."""
        found = await self._documents.find(
            DEVICES, "by_print", {"print": _print(kind, address)}, limit=1
        )
        installed = await self.get(device_id_of(installation_id))
        return {each.user_id for each in (installed, *found) if each and each.user_id}

    async def remove(self, user_id: str, installation_id: str) -> bool:
        """Forget the address of a user's installation; tell whether it was theirs (C6)."""
        while device := await self.get(device_id_of(installation_id)):
            if device.user_id != user_id:
                return False
            if await self._end(device):
                return True
        return False

    async def prune(
        self, seen: DeviceDocument, state: Literal["gone", "quarantined"], *, reason: str
    ) -> bool:
        """Take a device out of use as a service refused the address that `seen` has.

        Tell whether it was: an address that was registered since then stays (A2).
        """
        while device := await self.get(seen.id):
            if device.print != seen.print or device.registered_at != seen.registered_at:
                return False
            if device.state != "active":
                return False
            # a dead address is of no use to anybody; one of another project may become right
            ended = _without_address(device) if state == "gone" else device
            try:
                await self._documents.replace(
                    DEVICES, structs.replace(ended, state=state, reason=reason)
                )
            except Conflict:
                continue
            return True
        return False

    async def _all(self, user_id: str) -> list[DeviceDocument]:
        return await self._documents.find(
            DEVICES, "by_user", {"user_id": user_id}, descending=True, limit=_MOST
        )

    async def _free(self, wanted: DeviceDocument) -> None:
        """Take the wanted address from another installation; raises Conflict when it changed."""
        holders = await self._documents.find(DEVICES, "by_print", {"print": wanted.print}, limit=1)
        for holder in holders:
            if holder.id != wanted.id and not await self._end(holder):
                raise Conflict

    async def _put(self, wanted: DeviceDocument) -> DeviceDocument:
        stored = await self.get(wanted.id)
        if stored is None:
            await self._documents.insert(DEVICES, wanted)
            return wanted
        registered_at = wanted.registered_at
        if (stored.user_id, stored.print, stored.state) == (wanted.user_id, wanted.print, "active"):
            registered_at = stored.registered_at
        newer = structs.replace(wanted, version=stored.version, registered_at=registered_at)
        return await self._documents.replace(DEVICES, newer)

    async def _end(self, device: DeviceDocument) -> bool:
        now = self._clock.now()
        ended = structs.replace(
            _without_address(device),
            user_id="",
            installation_id="",
            state="gone",
            reason="removed",
            expires_at=now,
        )
        try:
            await self._documents.replace(DEVICES, ended)
        except Conflict:
            return False
        return True


def device_id_of(installation_id: str) -> str:
    """Return the id of an installation's document."""
    return sha256(installation_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def is_stale(device: DeviceDocument, now: datetime) -> bool:
    """Tell whether the app was not seen for so long that it is not written to first (C2)."""
    return now - device.seen_at > STALE


def clears(device: DeviceDocument) -> bool:
    """Tell whether what a device shows can be taken away.

    A browser, however it is reached, must show something for each push (F12): it clears when it
    is opened.
    """
    return device.kind != "webpush" and device.platform in ("ios", "android")


def _print(kind: DeviceKind, address: str) -> str:
    # a browser is the same whatever else the page says of it
    name = endpoint_of(address) if kind == "webpush" else address
    return sha256(f"{kind}\0{name}".encode("utf-8", "surrogatepass")).hexdigest()


def _without_address(device: DeviceDocument) -> DeviceDocument:
    return structs.replace(device, address="", print=f"none:{device.id}")
