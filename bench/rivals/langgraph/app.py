"""A graph of one node that asks a scripted chat model; LangGraph Server loads it as a module."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langgraph.graph import START, MessagesState, StateGraph

TOKENS = 100
INTERVAL_S = 0.02


class ScriptedModel(BaseChatModel):
    """Answers `w0 w1 …`, a word at each fixed time."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, *_args: Any, **_kwargs: Any) -> ChatResult:
        raise NotImplementedError

    async def _astream(self, *_args: Any, **_kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for index in range(TOKENS):
            await asyncio.sleep(max(0.0, began + index * INTERVAL_S - loop.time()))
            yield ChatGenerationChunk(message=AIMessageChunk(content=f"w{index} "))


_model = ScriptedModel()


async def _answer(state: MessagesState) -> dict[str, Any]:
    return {"messages": [await _model.ainvoke(state["messages"])]}


graph = StateGraph(MessagesState).add_node("answer", _answer).add_edge(START, "answer").compile()
