"""Agno's AgentOS: a session, and runs that stream server-sent events."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

from bench.rivals.rival import Rival, Served
from bench.rivals.sse import events

__all__ = ["RIVAL"]

_HERE = Path(__file__).parent


class _Session:
    def __init__(self, port: int, number: int) -> None:
        self._port = port
        self._session_id = f"s{number}"

    async def ask(self, text: str) -> AsyncIterator[str]:
        form = {"message": text, "stream": "true", "session_id": self._session_id}
        async for name, data in events(
            self._port,
            "/agents/agent/runs",
            urlencode(form).encode(),
            content_type="application/x-www-form-urlencoded",
        ):
            if name == "RunContent":
                yield json.loads(data)["content"]

    async def close(self) -> None:
        """Do nothing: every run has a connection of its own."""


def _serve(port: int, _directory: Path) -> Served:
    return Served(
        arguments=[str(_HERE / "app.py"), str(port)], environment={"AGNO_TELEMETRY": "false"}
    )


async def _open(port: int, number: int) -> _Session:
    return _Session(port, number)


RIVAL = Rival(
    name="Agno AgentOS", package="agno", folder=_HERE, serve=_serve, open=_open, ready="/health"
)
