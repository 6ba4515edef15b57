"""What a supervisor and a worker tell each other."""

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import Settings
from app.workers.channel import CONNECTION, DRAIN, LEAVE, Channel, Report, encode_settings


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, Channel]]:
    ours, theirs = socket.socketpair()
    channel = Channel(theirs.detach())
    with ours:
        yield ours, channel
    channel.close()


def test_settings_arrive_as_they_were_sent(pair: tuple[socket.socket, Channel]) -> None:
    supervisor, channel = pair
    settings = Settings(
        data_dir=Path("/somewhere/else"),
        redis_url="unix:///tmp/valkey.sock",
        secret_key="k" * 48,
        allowed_origins=("https://a.example", "https://b.example"),
        scripted_first_ms=1.5,
    )
    supervisor.sendall(encode_settings(settings))

    assert channel.settings() == settings


def test_a_supervisor_that_ends_before_the_settings_is_noticed(
    pair: tuple[socket.socket, Channel],
) -> None:
    supervisor, channel = pair
    supervisor.send(b'{"host":')
    supervisor.close()

    with pytest.raises(EOFError):
        channel.settings()


def test_a_supervisor_that_ended_since_it_sent_the_settings_is_noticed(
    pair: tuple[socket.socket, Channel],
) -> None:
    supervisor, channel = pair
    supervisor.sendall(encode_settings(Settings()))
    supervisor.close()

    with pytest.raises(EOFError):
        channel.settings()


async def test_connections_and_words_arrive_in_order(pair: tuple[socket.socket, Channel]) -> None:
    supervisor, channel = pair
    heard: asyncio.Queue[str] = asyncio.Queue()
    mine, given = socket.socketpair()

    def take(connection: socket.socket) -> None:
        connection.sendall(b"hello")
        connection.close()
        heard.put_nowait("connection")

    channel.listen(
        take=take,
        drain=lambda: heard.put_nowait("drain"),
        leave=lambda: heard.put_nowait("leave"),
        gone=lambda: heard.put_nowait("gone"),
    )
    with mine, given:
        for _ in range(2):
            socket.send_fds(supervisor, [CONNECTION], [given.fileno()])
        supervisor.send(DRAIN)
        supervisor.send(LEAVE)
        supervisor.close()
        order = [await heard.get() for _ in range(5)]
        said = mine.recv(10)
    channel.close()

    assert order == ["connection", "connection", "drain", "leave", "gone"]
    assert said == b"hellohello"
    assert channel.received == 2


def test_a_report_is_sent_when_it_is_news(pair: tuple[socket.socket, Channel]) -> None:
    supervisor, channel = pair
    idle = Report(connections=0, received=0, accepting=True)
    busy = Report(connections=1, received=1, accepting=True)
    for report in (idle, idle, busy, busy):
        channel.report(report)
    channel.report(busy, repeat=True)

    lines = [json.loads(line) for line in supervisor.recv(10_000).splitlines()]
    assert [line["connections"] for line in lines] == [0, 1, 1]


def test_a_report_to_nobody_is_no_error(pair: tuple[socket.socket, Channel]) -> None:
    supervisor, channel = pair
    supervisor.close()

    channel.report(Report(connections=0, received=0, accepting=False))
