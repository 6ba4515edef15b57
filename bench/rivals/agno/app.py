"""An agent with a scripted model behind AgentOS: `app.py PORT`, run by its own Python."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from agno.agent import Agent
from agno.db.in_memory import InMemoryDb
from agno.models.base import Model
from agno.models.response import ModelResponse
from agno.os import AgentOS

TOKENS = 100
INTERVAL_S = 0.02


@dataclass
class ScriptedModel(Model):
    """Answers `w0 w1 …`, a word at each fixed time."""

    id: str = "scripted"
    name: str = "Scripted"
    provider: str = "Scripted"

    async def ainvoke_stream(self, *_args: Any, **_kwargs: Any) -> AsyncIterator[ModelResponse]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for index in range(TOKENS):
            await asyncio.sleep(max(0.0, began + index * INTERVAL_S - loop.time()))
            yield ModelResponse(role="assistant", content=f"w{index} ")

    def invoke(self, *_args: Any, **_kwargs: Any) -> ModelResponse:
        raise NotImplementedError

    async def ainvoke(self, *_args: Any, **_kwargs: Any) -> ModelResponse:
        raise NotImplementedError

    def invoke_stream(self, *_args: Any, **_kwargs: Any) -> Iterator[ModelResponse]:
        raise NotImplementedError

    def _parse_provider_response(self, response: Any, **_kwargs: Any) -> ModelResponse:
        raise NotImplementedError

    def _parse_provider_response_delta(self, response: Any) -> ModelResponse:
        raise NotImplementedError


agent = Agent(id="agent", model=ScriptedModel(), db=InMemoryDb(), telemetry=False)
app = AgentOS(agents=[agent], telemetry=False).get_app()

if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
