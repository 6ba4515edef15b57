"""The scripted server: every vector at an address of its own on one loopback port."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.vectors.line import Line
from tests.vectors.play import Play

__all__ = ["VECTORS", "ScriptedServer", "running"]

VECTORS = Path(__file__).parent.parent.parent / "schemas" / "vectors"
_API = "api/v2.1/"
_HEADERS = (
    "content-type: application/json\r\nconnection: close\r\n"
    "access-control-allow-origin: *\r\naccess-control-allow-headers: *\r\n"
)
_TO_FRAME = {"read": "read", "feedback": "feedback", "stop": "stop", "typing": "typing"}
_Answer = tuple[int, Any]
_UNKNOWN: _Answer = (404, {"code": "not_found", "detail": "no such path", "retryable": False})


class ScriptedServer:
    """Plays the vector NAME for clients of `url`/NAME.

    `POST NAME/reset` begins it anew, `POST NAME/signal/X` lets `{"wait": "X"}` go on,
    `GET NAME/result` says how it ended.
    """

    def __init__(self, *, patience_s: float = 10.0) -> None:
        self.url = ""
        self._patience_s = patience_s
        self._plays: dict[str, Play] = {}
        self._tasks: set[asyncio.Task[None] | None] = set()
        self._tokens = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self._tasks.add(asyncio.current_task())
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in lines if line)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            method, path, _ = first.split(" ", 2)
            name, _, rest = path.partition("?")[0].strip("/").partition("/")
            if headers.get("upgrade", "").lower() == "websocket":
                token = headers.get("authorization", "").removeprefix("Bearer ")
                await self._upgrade(name, Line(reader, writer, head, token))
            else:
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                answer = await self._answer(method, name, rest, body)
                await _respond(writer, *answer)
        writer.close()
        self._tasks.discard(asyncio.current_task())

    async def close(self) -> None:
        """End everything."""
        for play in self._plays.values():
            play.stop()
        await asyncio.gather(*filter(None, self._tasks), return_exceptions=True)

    async def _upgrade(self, name: str, line: Line) -> None:
        play = self._play(name)
        if play is None:
            line.refuse(404)
            return
        play.arrive(line)
        await line.read()

    async def _answer(self, method: str, name: str, rest: str, body: bytes) -> _Answer:
        if method == "OPTIONS":
            return 204, None
        if rest == "reset" and name in self._plays:
            self._plays.pop(name).stop()
        play = self._play(name)
        if play is None:
            return _UNKNOWN
        match rest.removeprefix(_API).split("/"):
            case ["reset"]:
                return 200, {}
            case ["result"]:
                return 200, await play.result()
            case ["signal", signal]:
                play.signal(unquote(signal))
                return 200, {}
            case ["auth", "anonymous" | "refresh"]:
                return 201, self._account()
            case ["sessions", session_id, what] if what in _TO_FRAME:
                frame = {"type": _TO_FRAME[what], "session_id": session_id}
                play.overhear(frame | json.loads(body or b"{}"))
                return 202, None
        return _UNKNOWN

    def _account(self) -> dict[str, Any]:
        self._tokens += 1
        return {
            "user_id": "u_1",
            "access_token": f"token-{self._tokens}",
            "refresh_token": f"refresh-{self._tokens}",
            "expires_in": 900,
            "token_type": "Bearer",
        }

    def _play(self, name: str) -> Play | None:
        if name not in self._plays:
            path = VECTORS / f"{name}.json"
            if not path.exists():
                return None
            steps = json.loads(path.read_text())["server"]
            self._plays[name] = Play(steps, patience_s=self._patience_s)
        return self._plays[name]


async def _respond(writer: asyncio.StreamWriter, status: int, answer: Any) -> None:
    data = b"" if answer is None else json.dumps(answer).encode()
    head = f"HTTP/1.1 {status} OK\r\n{_HEADERS}content-length: {len(data)}\r\n\r\n"
    writer.write(head.encode() + data)
    await writer.drain()


@asynccontextmanager
async def running(*, patience_s: float = 10.0) -> AsyncIterator[ScriptedServer]:
    """Serve on a free port of the loopback."""
    server = ScriptedServer(patience_s=patience_s)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    server.url = f"http://127.0.0.1:{port}"
    try:
        yield server
    finally:
        listener.close()
        await server.close()
