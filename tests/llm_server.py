"""A language model behind the OpenAI wire format, on loopback, that misbehaves on request.

    python -m tests.llm_server --port 9100 --tokens 60 --interval-ms 20

It answers `w0 w1 w2 …`. Markers in the last user message, or in the server's `behaviour`, change
how (N is a number of words, M milliseconds):

STATUS_503, RETRY_AFTER_7     refuse with a status, and say when to come back
SLOW_M                        let M pass before the first word
STALL_N, CUT_N, END_N         after N words: fall silent, abort the connection, end the response
ERROR_N, GARBAGE_N            after N words: an error object, a line that is no JSON
NO_USAGE, NO_DONE, NO_FINISH  leave out the usage, the [DONE], the finish reason
FINISH_length                 another finish reason
EMPTY                         no words at all
LOOSE                         CRLF, no space after `data:`, comments, role-only and empty events
BYTES                         multi-byte words, each byte a packet of its own
REFUSES_stream_options        status 400 for a request with that field
"""

import argparse
import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any, Self

__all__ = ["LLMServer"]

_HEAD = "HTTP/1.1 {status} X\r\ncontent-type: {type}\r\n{more}\r\n"
_CUT, _END, _STALL = "cut", "end", "stall"


class LLMServer:
    """Serves `url` + /chat/completions while it is entered, and remembers what it was asked.

    `requests` are the bodies, `headers` their headers, `connections` counts TCP connections,
    `answered` the streams that were sent to their end, `cancelled` those that the client left.
    """

    def __init__(
        self, *, tokens: int = 60, interval_ms: float = 1.0, behaviour: str = "", port: int = 0
    ) -> None:
        self.tokens = tokens
        self.interval_ms = interval_ms
        self.behaviour = behaviour
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        self.answered = 0
        self.cancelled = 0
        self._port = port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._changed = asyncio.Event()

    @property
    def url(self) -> str:
        """The base URL, as the settings take it."""
        return f"http://127.0.0.1:{self._port}/v1"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def until(self, *, answered: int = 0, cancelled: int = 0) -> None:
        """Wait until so many streams have ended; raises TimeoutError after 20 seconds."""
        async with asyncio.timeout(20):
            while self.answered < answered or self.cancelled < cancelled:
                self._changed.clear()
                await self._changed.wait()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request after another; the first byte of the next tells that it came."""
        ahead = asyncio.create_task(reader.read(1))
        try:
            while first := await ahead:
                headers, body = await _read_request(first, reader)
                self.headers.append(headers)
                self.requests.append(body)
                ahead = asyncio.create_task(reader.read(1))
                if not await self._answer_while_heard(body, ahead, writer):
                    return
        finally:
            ahead.cancel()
            await asyncio.gather(ahead, return_exceptions=True)

    async def _answer_while_heard(
        self, body: dict[str, Any], ahead: asyncio.Task[bytes], writer: asyncio.StreamWriter
    ) -> bool:
        """Stream until the end or until the client leaves; tell whether the connection goes on."""
        answering = asyncio.create_task(self._answer(body, writer))
        try:
            await asyncio.wait({ahead, answering}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            answering.cancel()
        (result,) = await asyncio.gather(answering, return_exceptions=True)
        if isinstance(result, asyncio.CancelledError | ConnectionError):
            self.cancelled += 1
            self._changed.set()
            return False
        return answering.result()

    async def _answer(self, body: dict[str, Any], writer: asyncio.StreamWriter) -> bool:
        wishes = Wishes(f"{self.behaviour} {_last_user_text(body)}")
        if (status := _refused_with(wishes, body)) is not None:
            return _refuse(writer, status, wishes)
        writer.write(_head(200, "text/event-stream", "transfer-encoding: chunked\r\n"))
        async for block in self._blocks(body, wishes):
            if block == _CUT:
                writer.transport.abort()
                return False
            if block == _STALL:
                await asyncio.Event().wait()
            for piece in _packets(block, wishes):
                writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                await writer.drain()
        writer.write(b"0\r\n\r\n")
        self.answered += 1
        self._changed.set()
        return True

    async def _blocks(self, body: dict[str, Any], wishes: "Wishes") -> AsyncIterator[str]:
        """Yield events as text, or what is to happen to the connection."""
        spell = wishes.spell
        if wishes.has("LOOSE"):
            yield ": keep-alive\r\n\r\n"
            yield spell(_event({"role": "assistant"}))
            yield spell({"choices": [], "model": ""})
        loop = asyncio.get_running_loop()
        first_at = loop.time() + wishes.number("SLOW", 0) / 1000
        words = 0 if wishes.has("EMPTY") else self.tokens
        for index in range(words):
            if (fault := wishes.fault_after(index)) is not None:
                yield fault
                if fault == _END:
                    return
            await asyncio.sleep(max(0.0, first_at + index * self.interval_ms / 1000 - loop.time()))
            yield spell(_event({"content": f"{wishes.word}{index} "}))
        if not wishes.has("NO_FINISH"):
            yield spell(_event({}, finish_reason=wishes.text("FINISH", "stop")))
        if body.get("stream_options", {}).get("include_usage") and not wishes.has("NO_USAGE"):
            usage = {"prompt_tokens": 7, "completion_tokens": words, "total_tokens": 7 + words}
            yield spell({"choices": [], "usage": usage, "model": "served-model"})
        if not wishes.has("NO_DONE"):
            yield "data: [DONE]\n\n"


class Wishes:
    """The markers in a text."""

    def __init__(self, text: str) -> None:
        self._markers = dict(
            re.findall(r"\b([A-Z]+(?:_[A-Z]+)*)(?:_([a-z0-9][a-z0-9_]*))?\b", text)
        )
        self.word = "낱말🌱" if self.has("BYTES") else "w"

    def has(self, marker: str) -> bool:
        """Tell whether a marker was given."""
        return marker in self._markers

    def text(self, marker: str, default: str) -> str:
        """Return what follows a marker."""
        return self._markers.get(marker) or default

    def number(self, marker: str, default: int) -> int:
        """Return the number that follows a marker."""
        return int(self.text(marker, str(default)))

    def fault_after(self, words: int) -> str | None:
        """Return what goes wrong after so many words: an event, or an end of the connection."""
        faults = {
            "CUT": _CUT,
            "END": _END,
            "STALL": _STALL,
            "ERROR": self.spell({"error": {"message": "secret details", "type": "server_error"}}),
            "GARBAGE": "data: {not json\n\n",
        }
        due = [fault for name, fault in faults.items() if self.number(name, -1) == words]
        return due[0] if due else None

    def spell(self, event: dict[str, Any]) -> str:
        """Return an event as it goes over the wire."""
        text = json.dumps(event, ensure_ascii=not self.has("BYTES"))
        return f"data:{text}\r\n\r\n" if self.has("LOOSE") else f"data: {text}\n\n"


def _event(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return {"object": "chat.completion.chunk", "model": "served-model", "choices": [choice]}


def _packets(block: str, wishes: Wishes) -> Iterator[bytes]:
    raw = block.encode()
    if not wishes.has("BYTES"):
        yield raw
        return
    yield from (raw[index : index + 1] for index in range(len(raw)))


def _refused_with(wishes: Wishes, body: dict[str, Any]) -> tuple[int, str] | None:
    field = wishes.text("REFUSES", "")
    if field and field in body:
        hint = "Use 'max_completion_tokens'." if field == "max_tokens" else ""
        return 400, f"Unsupported parameter: '{field}'. {hint}"
    status = wishes.number("STATUS", 0)
    return (status, "secret details") if status else None


def _refuse(writer: asyncio.StreamWriter, refusal: tuple[int, str], wishes: Wishes) -> bool:
    status, message = refusal
    body = json.dumps({"error": {"message": message}}).encode()
    more = f"content-length: {len(body)}\r\n"
    if wishes.has("RETRY_AFTER"):
        more += f"retry-after: {wishes.number('RETRY_AFTER', 0)}\r\n"
    writer.write(_head(status, "application/json", more) + body)
    return True


def _head(status: int, type_: str, more: str) -> bytes:
    return _HEAD.format(status=status, type=type_, more=more).encode()


def _last_user_text(body: dict[str, Any]) -> str:
    texts = [each["content"] for each in body["messages"] if each["role"] == "user"]
    return str(texts[-1]) if texts else ""


async def _read_request(
    first: bytes, reader: asyncio.StreamReader
) -> tuple[dict[str, str], dict[str, Any]]:
    head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
    start, *lines = head.strip().split("\r\n")
    assert start.startswith("POST /v1/chat/completions "), start
    pairs = (line.split(":", 1) for line in lines)
    headers = {name.lower(): value.strip() for name, value in pairs}
    return headers, json.loads(await reader.readexactly(int(headers["content-length"])))


async def _main() -> None:
    parser = argparse.ArgumentParser(description="Serve a language model's wire format.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tokens", type=int, default=60)
    parser.add_argument("--interval-ms", type=float, default=20.0)
    parser.add_argument("--behaviour", default="")
    options = parser.parse_args()
    async with LLMServer(**vars(options)) as server:
        print(server.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_main())
