"""An echo server of the library `websockets` alone, to compare with."""

import asyncio
import sys

import uvloop
from websockets.asyncio.server import ServerConnection, serve

__all__ = ["main"]


async def _echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


async def _serve(port: int) -> None:
    async with serve(_echo, "127.0.0.1", port, compression=None) as server:
        await server.serve_forever()


def main() -> None:
    """Serve on the port given."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(int(sys.argv[1])))


if __name__ == "__main__":
    main()
