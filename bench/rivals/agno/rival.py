"""Agno's AgentOS: a session, and runs that stream server-sent events."""

import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from msgspec.structs import replace

from bench.rivals.rival import Rival, Served
from bench.rivals.sse import events

__all__ = ["RESUMABLE", "RIVAL"]

_HERE = Path(__file__).parent


class _Session:
    def __init__(self, port: int, number: int, *, resumable: bool) -> None:
        self._port = port
        self._form = {
            "session_id": f"s{number}",
            "stream": "true",
            "background": "true" if resumable else "false",
        }

    async def ask(self, text: str) -> AsyncIterator[str]:
        async for name, data in events(
            self._port,
            "/agents/agent/runs",
            urlencode(self._form | {"message": text}).encode(),
            content_type="application/x-www-form-urlencoded",
        ):
            if name == "RunContent":
                yield json.loads(data)["content"]

    async def close(self) -> None:
        """Do nothing: every run has a connection of its own."""


def _serve(port: int, _directory: Path) -> Served:
    return Served(
        arguments=[str(_HERE / "app.py"), str(port)],
        # as many resumable runs at once as are asked for: by default 32, and the others wait
        environment={"AGNO_TELEMETRY": "false", "AGNO_BACKGROUND_MAX_CONCURRENCY": "0"},
    )


async def _open(port: int, number: int, *, resumable: bool) -> _Session:
    return _Session(port, number, resumable=resumable)


RIVAL = Rival(
    name="Agno AgentOS",
    package="agno",
    folder=_HERE,
    serve=_serve,
    open=partial(_open, resumable=False),
    ready="/health",
)
RESUMABLE = replace(RIVAL, name="Agno AgentOS, resumable", open=partial(_open, resumable=True))
