"""Plays the client's side of a vector with `ion_client`."""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import httpx
import msgspec
from ion_client import IonClient, Session

__all__ = ["Runner"]

_PATIENCE_S = 10.0


class Runner:
    """One client of the vector at `url`, and the program that it belongs to."""

    def __init__(self, url: str, queue_path: Path) -> None:
        self._url = url
        self._queue_path = queue_path
        self._client = self._program()
        self._session: Session | None = None
        self._name: str | None = None
        self._http = httpx.AsyncClient(timeout=2 * _PATIENCE_S)

    async def play(self, vector: Mapping[str, Any]) -> None:
        """Take every step, and see that both sides end as they should."""
        self._name = next((each["open"] for each in vector["client"] if "open" in each), None)
        try:
            for step in vector["client"]:
                await self._step(step)
            await self._until(vector["expect"])
            assert await self._problem() == ""
            await self._until(vector["expect"])
        finally:
            await self._client.close()
            await self._http.aclose()

    async def _step(self, step: Mapping[str, Any]) -> None:
        session = await self._talk()
        match dict(step):
            case {"open": _}:
                pass
            case {"send": text}:
                session.send(text, policy=step.get("policy", "merge"))
            case {"stop": True}:
                await session.stop()
            case {"regenerate": True}:
                session.regenerate()
            case {"retry": True}:
                session.retry(_failed(session))
            case {"discard": True}:
                session.discard(_failed(session))
            case {"read": True}:
                await session.read()
            case {"await": state}:
                await self._until(state)
            case {"signal": name}:
                await self._http.post(f"{self._url}/signal/{name}")
            case _:
                await self._of_program(next(iter(step)))

    async def _of_program(self, step: str) -> None:
        match step:
            case "connect":
                self._client.connect()
            case "wake":
                self._client.wake()
            case "close":
                await self._client.close()
            case "restart":
                await self._restart()
            case _:
                raise AssertionError(f"no such step: {step}")

    async def _talk(self) -> Session:
        if self._session is None:
            self._session = await self._client.session(self._name)
        return self._session

    async def _restart(self) -> None:
        before = await self._talk()
        self._name = before.id or before.key
        await self._client.close()
        self._client, self._session = self._program(), None
        await self._talk()
        self._client.connect()

    def _program(self) -> IonClient:
        tokens = (f"token-{number}" for number in range(1, 10))

        async def ask() -> str:
            return next(tokens)

        return IonClient(
            self._url,
            tokens=ask,
            queue_path=self._queue_path,
            random=Random(1),
            backoff_s=(0.01, 0.1),
        )

    async def _until(self, wanted: Mapping[str, Any]) -> None:
        session = await self._talk()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while not _fits(wanted, self._client, session):
                    await asyncio.sleep(0.002)
        except TimeoutError:
            client = self._client
            found = (client.state, client.error, session.unread, session.shown)
            raise AssertionError(f"{found}\nis not\n{wanted}\n{await self._problem()}") from None

    async def _problem(self) -> str:
        return str((await self._http.get(f"{self._url}/result")).json()["problem"])


def _failed(session: Session) -> str:
    return [each.key for each in session.shown if each.role == "user" and each.error][-1]


def _fits(wanted: Mapping[str, Any], client: IonClient, session: Session) -> bool:
    if client.state != wanted.get("state", client.state):
        return False
    if session.unread != wanted.get("unread", session.unread):
        return False
    return "messages" not in wanted or _same(wanted["messages"], session)


def _same(wanted: Iterable[Mapping[str, Any]], session: Session) -> bool:
    wanted, found = list(wanted), [msgspec.to_builtins(each) for each in session.shown]
    return len(wanted) == len(found) and all(
        each.items() <= other.items() for each, other in zip(wanted, found, strict=True)
    )
