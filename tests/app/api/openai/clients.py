"""OpenAI's own client, pointed at a house."""

from typing import Any

from openai import AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletionChunk

from tests.house import House

__all__ = ["Said", "ask", "assistant", "begin", "openai_client", "stream", "texts", "user"]

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


async def begin(
    client: AsyncOpenAI, *messages: Said, **options: Any
) -> AsyncStream[ChatCompletionChunk]:
    """Return a stream that has begun."""
    chosen: dict[str, Any] = {"model": "ion", "messages": list(messages), "stream": True} | options
    chunks: AsyncStream[ChatCompletionChunk] = await client.chat.completions.create(**chosen)
    return chunks


async def stream(client: AsyncOpenAI, *messages: Said, **options: Any) -> list[ChatCompletionChunk]:
    """Return all chunks of a stream."""
    return [chunk async for chunk in await begin(client, *messages, **options)]


async def texts(chunks: AsyncStream[ChatCompletionChunk], into: list[str]) -> None:
    """Put the pieces of the answer into a list as they come."""
    async for chunk in chunks:
        into.extend(each.delta.content for each in chunk.choices if each.delta.content)
