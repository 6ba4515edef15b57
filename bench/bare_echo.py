"""The ceiling of a JSON route: bare Litestar under the product's uvicorn settings, echoing."""

import asyncio
import sys

import uvicorn
import uvloop
from litestar import Litestar, post
from msgspec import Struct

__all__ = ["Echoed", "echo"]


class Echoed(Struct, frozen=True):
    """What comes in and goes out."""

    scenario: str


@post("/echo", status_code=200)
async def echo(data: Echoed) -> Echoed:
    """Return the body."""
    return data


def main() -> None:
    """Serve on the port given."""
    app = Litestar([echo], openapi_config=None, logging_config=None)
    config = uvicorn.Config(
        app,
        port=int(sys.argv[1]),
        loop="none",
        http="httptools",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
