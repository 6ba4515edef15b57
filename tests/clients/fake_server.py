"""A server for the client's tests: the model of the protocol behind real HTTP and WebSockets."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import uvicorn

from tests.clients.model import Frame, Link, Model, Turn
from tests.uvicorn_server import PromptServer

__all__ = ["FakeServer", "running_fake_server"]


class FakeServer:
    """Answers every message with `pieces`; what goes wrong is set by the test.

    `refused_tokens` are closed with 4401, `close_next` closes the next connections with its codes
    once they said hello, `mute` answers nothing, `errors` refuse a send once each.
    """

    def __init__(self) -> None:
        self.port = 0
        self.model = Model()
        self.pieces: Sequence[str] = ("Hello", " there", ".")
        self.hold = asyncio.Event()
        self.hold.set()
        self.mute = False
        self.reject_status: int | None = None
        self.close_next: list[int] = []
        self.errors: list[Frame] = []
        self.refused_tokens: set[str] = set()
        self.refuse_refresh = False
        self.refusal = "unauthenticated"
        self.problems: list[tuple[int, Any]] = []
        self.tokens_made = 0
        self.used_tokens: list[str] = []
        self.http_calls: list[str] = []
        self.subprotocols: list[str] = []
        self.queries: list[str] = []
        self.told: list[tuple[str, Any]] = []
        self._links: dict[Link, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def say(self, frame: Frame) -> None:
        """Send a frame on all connections."""
        for link in self._links:
            link.queue.append(frame)
        self.ring()

    def ring(self) -> None:
        for event in self._links.values():
            event.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)

    async def _http(self, scope: Any, receive: Any, send: Any) -> None:
        body = json.loads((await receive()).get("body") or b"{}")
        path = scope["path"].removeprefix("/api/v2.1")
        self.http_calls.append(path)
        status, answer = self.problems.pop(0) if self.problems else self._answer(scope, path, body)
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        headers = [(b"content-length", str(len(data)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": data})

    def _answer(self, scope: Any, path: str, body: Any) -> tuple[int, Any]:
        if path == "/auth/anonymous" or (path == "/auth/refresh" and not self.refuse_refresh):
            self.tokens_made += 1
            return 201, {
                "user_id": "u",
                "access_token": f"token-{self.tokens_made}",
                "refresh_token": f"refresh-{self.tokens_made}",
                "expires_in": 900,
                "token_type": "Bearer",
            }
        if path == "/personas":
            lua = {"id": "lua", "name": "Lua", "names": {"ko": "루아"}, "color": "#aa3377"}
            return 200, {"personas": [lua]}
        if path.startswith("/auth/") or _token(scope) in self.refused_tokens:
            return 401, {"code": self.refusal, "detail": "no", "retryable": False}
        if path == "/sync":
            self.queries.append(scope["query_string"].decode())
            synced = [{"session": each.view()} for each in self.model.sessions.values()]
            page = {"sessions": synced, "deleted": ["s_old"], "next": "1-a"}
            return 200, page | {"more": False, "reset": False}
        if path.endswith(("/feedback", "/read")):
            self.told.append((path, body))
            mark = {"session_id": "s_1", "message_id": "a_1", "unread": 0, "moved": True}
            return 202, mark if path.endswith("/read") else b""
        if path == "/sessions":
            query = dict(parse_qsl(scope["query_string"].decode()))
            before = query.get("before", "")
            first = int(before) if before.isdecimal() else 0
            upto = first + int(query["limit"])
            views = [each.view() for each in self.model.sessions.values()]
            return 200, {
                "sessions": views[first:upto],
                "next": str(upto) if upto < len(views) else None,
            }
        return 404, {"code": "not_found", "detail": "no", "retryable": False}

    async def _websocket(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        if self.reject_status is not None:
            response = {"type": "websocket.http.response.start", "status": self.reject_status}
            await send(response | {"headers": []})
            await send({"type": "websocket.http.response.body", "body": b""})
            return
        token = _token(scope)
        self.used_tokens.append(token)
        self.subprotocols.extend(scope["subprotocols"])
        packed = scope["subprotocols"] == ["ion.v2.1.msgpack"]
        await send({"type": "websocket.accept", "subprotocol": scope["subprotocols"][0]})
        if token in self.refused_tokens:
            await send(_said({"type": "error", "code": self.refusal}, packed))
            await send({"type": "websocket.close", "code": 4401})
            return
        await self._serve(receive, send, packed=packed)

    async def _serve(self, receive: Any, send: Any, *, packed: bool) -> None:
        link, news = Link(), asyncio.Event()
        self._links[link] = news
        speaker = asyncio.get_running_loop().create_task(self._speak(link, news, send, packed))
        try:
            while (event := await receive())["type"] == "websocket.receive":
                self._take(link, _heard(event, packed))
                news.set()
                if self.close_next:
                    await send({"type": "websocket.close", "code": self.close_next.pop(0)})
                    return
        finally:
            del self._links[link]
            speaker.cancel()

    def _take(self, link: Link, frame: Frame) -> None:
        if self.mute:
            return
        if frame["type"] == "send" and self.errors:
            link.queue.append({"type": "error", "ref": frame["client_msg_id"]} | self.errors.pop(0))
            return
        turn = self.model.receive(link, json.dumps(frame))
        if turn is not None:
            task = asyncio.get_running_loop().create_task(self._run(turn))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, turn: Turn) -> None:
        session = next(s for s in self.model.sessions.values() if turn in s.turns)
        session.start(turn)
        for piece in self.pieces:
            if turn.state == "open":
                session.say(turn, piece)
                self.ring()
                await asyncio.sleep(0)
                await self.hold.wait()
        if turn.state == "open":
            session.finish(turn)
        self.ring()

    async def _speak(self, link: Link, news: asyncio.Event, send: Any, packed: bool) -> None:
        while True:
            news.clear()
            while not self.mute and (frame := self.model.next(link)) is not None:
                await send(_said(frame, packed))
            await news.wait()


def _token(scope: Any) -> str:
    return str(dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer "))


def _heard(event: Any, packed: bool) -> Frame:
    found: Frame = msgspec.msgpack.decode(event["bytes"]) if packed else json.loads(event["text"])
    return found


def _said(frame: Frame, packed: bool) -> Frame:
    if packed:
        return {"type": "websocket.send", "bytes": msgspec.msgpack.encode(frame)}
    return {"type": "websocket.send", "text": json.dumps(frame)}


@contextlib.asynccontextmanager
async def running_fake_server() -> AsyncIterator[FakeServer]:
    """Serve on a free loopback port."""
    server = FakeServer()
    config = uvicorn.Config(
        server,
        port=0,
        log_config=None,
        lifespan="off",
        ws="websockets-sansio",
        ws_ping_interval=None,
        timeout_graceful_shutdown=0,
    )
    uvicorn_server = PromptServer(config)
    task = asyncio.get_running_loop().create_task(uvicorn_server.serve())
    while not uvicorn_server.started:
        await asyncio.sleep(0.005)
    server.port = uvicorn_server.servers[0].sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        uvicorn_server.leave()
        await task
