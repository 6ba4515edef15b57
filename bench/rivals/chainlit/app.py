"""A message handler that streams scripted tokens; `chainlit run` loads it, in its own Python."""

import asyncio

import chainlit as cl

TOKENS = 100
INTERVAL_S = 0.02


@cl.on_message
async def answer(_message: cl.Message) -> None:
    """Answer `w0 w1 …`, a word at each fixed time."""
    reply = cl.Message(content="")
    loop = asyncio.get_running_loop()
    began = loop.time()
    for index in range(TOKENS):
        await asyncio.sleep(max(0.0, began + index * INTERVAL_S - loop.time()))
        await reply.stream_token(f"w{index} ")
    await reply.update()
