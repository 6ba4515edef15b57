"""What a server says when it is asked to write its files anew."""

from typing import Any

import pytest
from redis.exceptions import ResponseError

from sessions.stores.redis_files import RedisFiles


class Server:
    """A server with an append-only file and a snapshot that answers `said` to the first asks."""

    def __init__(self, *said: str) -> None:
        self.said = list(said)
        self.written: list[str] = []

    async def info(self, _section: str) -> dict[str, Any]:
        idle = dict.fromkeys(
            ("aof_rewrite_in_progress", "aof_rewrite_scheduled", "rdb_bgsave_in_progress"), 0
        )
        ended = {"aof_last_bgrewrite_status": "ok", "rdb_last_bgsave_status": "ok"}
        return {"aof_enabled": 1, **idle, **ended}

    async def config_get(self, _name: str) -> dict[str, str]:
        return {"save": "3600 1"}

    async def bgrewriteaof(self) -> None:
        self._ask("log")

    async def bgsave(self) -> None:
        self._ask("snapshot")

    def _ask(self, what: str) -> None:
        if self.said:
            raise ResponseError(self.said.pop(0))
        self.written.append(what)


@pytest.mark.parametrize(
    "said",
    [
        "Background append only file rewriting already in progress",
        "Another child process is active (AOF?): can't BGSAVE right now.",
        "Background save already in progress",
    ],
)
async def test_a_server_that_is_about_another_file_is_asked_again(said: str) -> None:
    server: Any = Server(said)

    assert await RedisFiles(server).scrub() == "rewritten"
    assert server.written == ["log", "snapshot"]


async def test_a_server_that_does_not_let_us_keeps_its_files() -> None:
    server: Any = Server("unknown command 'BGREWRITEAOF'")

    assert await RedisFiles(server).scrub() == "left"
    assert server.written == []
