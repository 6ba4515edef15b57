"""What a user has said or asked for, sent until it is acknowledged, by any way there is."""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Any

import httpx
from msgspec import Struct

from tests.chaos.device import Device
from tests.chaos.events import Cut, Frame, Got, Put
from tests.chaos.journal import Journal

__all__ = ["Door", "Outbox", "Wish"]

_ACK_S = 2.5
_NO_WAY_S = 0.2
_PATHS = {"send": "messages", "regenerate": "regenerate", "edit": "edit"}


class Door(Struct, frozen=True):
    """A server as clients reach it, through the line that breaks."""

    api: str
    ws: str


class Wish(Struct, kw_only=True):
    """Something that the server must acknowledge; `kind` is the type of its frame."""

    kind: str
    client_msg_id: str
    body: Frame
    session_id: str | None
    acked: asyncio.Event
    pause_s: float = 0.0


class Outbox:
    """Delivers wishes over the sockets of `devices` and over HTTP; `told` hears the answers."""

    def __init__(
        self,
        user: str,
        token: str,
        doors: Sequence[Door],
        journal: Journal,
        draw: random.Random,
        *,
        told: Callable[[Frame], None],
    ) -> None:
        self.devices: list[Device] = []
        self.wishes: dict[str, Wish] = {}
        self._user = user
        self._doors = doors
        self._journal = journal
        self._draw = draw
        self._told = told
        headers = {"authorization": f"Bearer {token}"}
        self._http = httpx.AsyncClient(headers=headers, timeout=_ACK_S, trust_env=False)

    @property
    def unacked(self) -> list[Wish]:
        """Return what waits for its ack."""
        return [each for each in self.wishes.values() if not each.acked.is_set()]

    def new(self, kind: str, session_id: str | None, **body: str) -> Wish:
        """Return a new wish, which `deliver` sends."""
        key = f"{self._user}-{len(self.wishes) + 1}"
        wish = Wish(
            kind=kind,
            client_msg_id=key,
            body={"client_msg_id": key} | body,
            session_id=session_id,
            acked=asyncio.Event(),
        )
        self.wishes[key] = wish
        return wish

    async def deliver(self, wish: Wish) -> None:
        """Send until acknowledged; now and then once more, for good measure."""
        self._journal.count(f"{wish.kind}s wanted")
        while not wish.acked.is_set():
            gone_out = await self._try(wish)
            try:
                async with asyncio.timeout(_ACK_S if gone_out else _NO_WAY_S):
                    await wish.acked.wait()
            except TimeoutError:
                self._journal.count("silences before a resend")
            if wish.pause_s and not wish.acked.is_set():
                await asyncio.sleep(wish.pause_s)
                wish.pause_s = 0.0
        if self._draw.random() < 0.2:
            await self._try(wish)

    async def aclose(self) -> None:
        """Close the connections of the HTTP client."""
        await self._http.aclose()

    async def _try(self, wish: Wish) -> bool:
        """Send once, or twice at once by two ways; False when there was no way."""
        ways = [*self.devices, None] if wish.session_id else [*self.devices]
        chosen = self._draw.sample(ways, k=2 if self._draw.random() < 0.25 else 1)
        self._journal.count("requests sent", len(chosen))
        return any(await asyncio.gather(*(self._by(way, wish) for way in chosen)))

    async def _by(self, way: Device | None, wish: Wish) -> bool:
        if way is None:
            return await self._post(f"/sessions/{wish.session_id}/{_PATHS[wish.kind]}", wish.body)
        place = {"session_id": wish.session_id} if wish.session_id else {}
        return await way.say({"type": wish.kind} | wish.body | place)

    async def _post(self, path: str, body: Frame) -> bool:
        reader, door = f"{self._user}/http", self._draw.choice(self._doors).api
        self._journal.note(Put(reader=reader, frame=body | {"path": path}, door=door))
        try:
            answer = await self._http.post(f"{door}{path}", json=body)
            found: Any = answer.json() if answer.content else {}
        except (httpx.HTTPError, ValueError) as lost:
            self._journal.count("requests that failed")
            self._journal.note(Cut(reader=reader, why=f"{path} {type(lost).__name__}"))
            return False
        if answer.status_code == 202:
            self._told({"type": "ack"} | found)
        else:
            error = {"type": "error", "code": found["code"], "ref": body["client_msg_id"]}
            error["retry_after_ms"] = found.get("retry_after_ms")
            self._journal.note(Got(reader=reader, frame=error))
            self._journal.count(f"errors {found['code']}")
            self._told(error)
        return True
