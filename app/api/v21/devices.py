"""Devices that are told of answers: registered, listed, tried, removed."""

from typing import Annotated, TypeAlias

import msgspec
from litestar import Controller, delete, get, post, put
from litestar.params import JSONBody, PathParameter
from msgspec import UNSET

from app.api.v21.parts import Caller, LimitsPart, PushPart
from app.security.rates import READ, WRITE, spend
from push.documents import DeviceDocument
from schemas.devices import PushDevice, PushDeviceList, RegisterDevice, TriedDevice
from sessions.errors import BadRequest

__all__ = ["DevicesController"]

InstallationId: TypeAlias = Annotated[
    str, PathParameter(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._:-]+$")
]
# a request to somebody else's server: as much as ten changes
_TRY_COST = 10


class DevicesController(Controller):
    """The devices of a user; another user's do not exist (404)."""

    path = "/devices"
    tags = ("notifications",)

    @get("/", summary="List the devices that are told of answers")
    async def all(self, user_id: Caller, push: PushPart, limits: LimitsPart) -> PushDeviceList:
        """Return the devices in use, the last seen first."""
        await spend(limits, READ, user_id)
        return PushDeviceList(devices=tuple(map(_view, await push.devices(user_id))))

    @put("/{installation_id:str}", summary="Register a device, or say that it is still there")
    async def register(
        self,
        installation_id: InstallationId,
        data: JSONBody[RegisterDevice],
        user_id: Caller,
        push: PushPart,
        limits: LimitsPart,
    ) -> PushDevice:
        """Keep where an installation is reached, in place of what was known; at every start.

        An address that was another user's is this one's from now on.
        """
        await spend(limits, WRITE, user_id)
        device = await push.register(user_id, installation_id, data, _address(data))
        return _view(device)

    @delete("/{installation_id:str}", summary="Tell a device nothing any more, as at logout")
    async def remove(
        self, installation_id: InstallationId, user_id: Caller, push: PushPart, limits: LimitsPart
    ) -> None:
        """Forget the address before the answer comes; with the last one all that waits goes."""
        await spend(limits, WRITE, user_id)
        await push.remove(user_id, installation_id)

    @post("/{installation_id:str}/test", status_code=200, summary="Send a device a notification")
    async def try_out(
        self, installation_id: InstallationId, user_id: Caller, push: PushPart, limits: LimitsPart
    ) -> TriedDevice:
        """Make one request to its push service at once, and tell what that said."""
        await spend(limits, WRITE, user_id, cost=_TRY_COST)
        return await push.try_out(user_id, installation_id)


def _address(data: RegisterDevice) -> str:
    """Return what a sender needs; raises BadRequest when it does not go with the kind."""
    if data.kind == "webpush":
        if data.subscription is UNSET or data.token is not UNSET:
            raise BadRequest("kind webpush comes with a subscription, and without a token")
        return msgspec.json.encode(data.subscription).decode()
    if data.token is UNSET or data.subscription is not UNSET:
        raise BadRequest(f"kind {data.kind} comes with a token, and without a subscription")
    return data.token


def _view(device: DeviceDocument) -> PushDevice:
    return PushDevice(
        installation_id=device.installation_id,
        kind=device.kind,
        platform=device.platform,
        locale=device.locale,
        timezone=device.timezone,
        app_version=device.app_version,
        preview=device.preview,
        state=device.state,
        registered_at=device.registered_at,
        seen_at=device.seen_at,
    )
