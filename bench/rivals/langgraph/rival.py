"""LangGraph Server in memory (`langgraph dev`): a thread, runs that stream `messages-tuple`."""

import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from bench.rivals.rival import Rival, Served
from bench.rivals.sse import events, post

__all__ = ["RESUMABLE", "RIVAL"]

_HERE = Path(__file__).parent
# more than the streams of a run: the default of 10 would let the others wait
_JOBS = 250


class _Thread:
    def __init__(self, port: int, thread_id: str, *, resumable: bool) -> None:
        self._port = port
        self._resumable = resumable
        self._path = f"/threads/{thread_id}/runs/stream"

    async def ask(self, text: str) -> AsyncIterator[str]:
        body = {
            "assistant_id": "agent",
            "input": {"messages": [{"role": "user", "content": text}]},
            "stream_mode": ["messages-tuple"],
            "stream_resumable": self._resumable,
        }
        async for name, data in events(self._port, self._path, json.dumps(body).encode()):
            if name == "messages" and (piece := json.loads(data)[0]["content"]):
                yield piece

    async def close(self) -> None:
        """Do nothing: every run has a connection of its own."""


def _serve(port: int, directory: Path) -> Served:
    config = {"dependencies": ["."], "graphs": {"agent": f"{_HERE / 'app.py'}:graph"}}
    (directory / "langgraph.json").write_text(json.dumps(config))
    # it looks for calls that block unless told otherwise, which production would not do
    options = ["--no-reload", "--no-browser", "--allow-blocking", "--n-jobs-per-worker", str(_JOBS)]
    return Served(
        arguments=["-m", "langgraph_cli", "dev", "--port", str(port), *options],
        environment={
            "LANGGRAPH_CLI_NO_ANALYTICS": "1",
            "LANGGRAPH_NO_VERSION_CHECK": "1",
            "LANGSMITH_TRACING": "false",
            "LOG_LEVEL": "WARNING",
        },
    )


async def _open(port: int, _number: int, *, resumable: bool) -> _Thread:
    thread = await post(port, "/threads", {})
    return _Thread(port, thread["thread_id"], resumable=resumable)


RIVAL = Rival(
    name="LangGraph Server",
    package="langgraph-api",
    folder=_HERE,
    serve=_serve,
    open=partial(_open, resumable=False),
    ready="/ok",
)
RESUMABLE = replace(RIVAL, name="LangGraph Server, resumable", open=partial(_open, resumable=True))
