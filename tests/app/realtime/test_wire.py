"""The frames we write ourselves, read by the library that is trusted with them."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn import Config
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.streams import StreamReader

from app.realtime.wire import Inbox, WireProtocol, framed


def parsed(raw: bytes) -> Frame:
    """Return the one frame that `raw` is."""
    reader = StreamReader()
    reader.feed_data(raw)
    reader.feed_eof()
    parsing = Frame.parse(reader.read_exact, mask=False, max_size=None)
    with pytest.raises(StopIteration) as ended:
        next(parsing)
    frame: Frame = ended.value.value
    return frame


@given(st.sampled_from([0, 1, 125, 126, 127, 65_535, 65_536]), st.booleans())
def test_a_frame_of_any_size_is_read_as_it_was_written(size: int, text: bool) -> None:
    data = b"w" * size

    frame = parsed(framed(0x81 if text else 0x82, data))

    assert frame == Frame(Opcode.TEXT if text else Opcode.BINARY, data, fin=True)


async def test_an_inbox_gives_items_in_order_and_waits_for_the_next() -> None:
    inbox = Inbox()
    for item in (1, 2):
        inbox.put_nowait(item)

    assert [await inbox.get(), await inbox.get(), inbox.empty()] == [1, 2, True]
    waiting = asyncio.get_running_loop().create_task(inbox.get())
    await asyncio.sleep(0)
    inbox.put_nowait(3)
    inbox.put_nowait(4)

    assert (await waiting, await inbox.get()) == (3, 4)


async def test_an_inbox_outlives_a_cancelled_reader() -> None:
    inbox = Inbox()
    waiting = asyncio.get_running_loop().create_task(inbox.get())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    inbox.put_nowait(1)

    assert await inbox.get() == 1


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closing = False
        self.aborted = asyncio.Event()

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.aborted.set()


async def nothing(_scope: object, _receive: object, _send: object) -> None:
    """Be an application."""


async def opened() -> tuple[WireProtocol, Transport]:
    config = Config(nothing, log_config=None)
    config.load()
    protocol, transport = WireProtocol(config, ServerState(), {}), Transport()
    protocol.transport, protocol.conn.state = transport, State.OPEN
    return protocol, transport


async def test_messages_are_written_together() -> None:
    protocol, transport = await opened()

    assert protocol.write([b"a", b"b"], text=True)
    assert transport.written == [framed(0x81, b"a") + framed(0x81, b"b")]


async def test_a_socket_that_takes_nothing_is_not_written_to() -> None:
    cases = ((True, False, State.OPEN), (False, True, State.OPEN), (False, False, State.CLOSING))
    for full, closing, state in cases:
        protocol, transport = await opened()
        transport.closing, protocol.conn.state = closing, state
        if full:
            protocol.pause_writing()

        assert not protocol.write([b"a"], text=True)
        assert transport.written == []


@pytest.mark.parametrize("lost", [False, True])
async def test_one_that_takes_nothing_is_cut_off_when_it_does_not_answer_pings(
    monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    monkeypatch.setattr("app.realtime.wire.LINGER_S", 0)
    protocol, transport = await opened()
    protocol.disconnected = lost

    protocol.keepalive_timeout()
    await asyncio.sleep(0.001)

    assert transport.closing
    assert transport.aborted.is_set() is not lost
