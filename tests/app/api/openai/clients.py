"""OpenAI's own client, pointed at a house."""

from typing import Any

from openai import AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletionChunk

from tests.house import House

__all__ = ["Said", "ask", "openai_client", "stream", "user"]

Said = dict[str, Any]


def openai_client(house: House, token: str, **options: Any) -> AsyncOpenAI:
    """Return the SDK's asyncio client; it tries nothing again unless asked to."""
    chosen = {"max_retries": 0} | options
    return AsyncOpenAI(base_url=f"{house.url}/openai/v1", api_key=token, **chosen)


def user(text: str) -> Said:
    return {"role": "user", "content": text}


def assistant(text: str) -> Said:
    return {"role": "assistant", "content": text}


async def ask(client: AsyncOpenAI, *messages: Said, **options: Any) -> Any:
    """Return the raw response of a whole answer, whose `parse` gives the completion."""
    chosen: dict[str, Any] = {"model": "ion", "messages": list(messages)} | options
    return await client.chat.completions.with_raw_response.create(**chosen)


async def stream(client: AsyncOpenAI, *messages: Said, **options: Any) -> list[ChatCompletionChunk]:
    """Return all chunks of a stream."""
    chosen: dict[str, Any] = {"model": "ion", "messages": list(messages), "stream": True} | options
    chunks: AsyncStream[ChatCompletionChunk] = await client.chat.completions.create(**chosen)
    return [chunk async for chunk in chunks]
