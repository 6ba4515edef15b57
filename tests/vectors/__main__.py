"""`python -m tests.vectors`: print the address of the scripted server, serve until stdin ends."""

import asyncio
import sys

from tests.vectors.server import running


async def main() -> None:
    """Serve until stdin is closed."""
    async with running() as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
