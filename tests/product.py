"""The product as a child process, started the way `ion serve` starts it."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.servers import Server, free_port

__all__ = ["ProductServer", "running_product"]


class ProductServer(Server):
    """`ion serve` on a port of its own; `start` after `kill` finds its data again."""

    def __init__(
        self, directory: Path, settings: Mapping[str, str], *, options: Sequence[str] = ()
    ) -> None:
        port = free_port()
        environment = {
            "ION_PORT": str(port),
            "ION_DATA_DIR": str(directory / "data"),
            "ION_LOG_LEVEL": "info",
            "ION_ENCODER": "off",
        } | dict(settings)
        variables = [f"{name}={value}" for name, value in environment.items()]
        command = ["/usr/bin/env", *variables, sys.executable, "-m", "app.cli", "serve", *options]
        super().__init__(directory, command, port)
        self.url = f"http://127.0.0.1:{port}"
        self.ws_url = f"ws://127.0.0.1:{port}/api/v2.1/ws"

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v2.1/health/ready", timeout=10).status_code == 200
        except httpx.HTTPError:
            return False

    def output(self) -> str:
        """Return all that the product printed so far."""
        return (self.directory / "output.log").read_text(errors="replace")

    def anonymous(self) -> dict[str, str]:
        """Return the tokens of a new anonymous user."""
        answer = httpx.post(f"{self.url}/api/v2.1/auth/anonymous", timeout=30).raise_for_status()
        tokens: dict[str, str] = answer.json()
        return tokens


@contextmanager
def running_product(
    directory: Path, settings: Mapping[str, str] | None = None
) -> Iterator[ProductServer]:
    """Run the product with its data in `directory`."""
    server = ProductServer(directory, settings or {})
    server.start()
    try:
        yield server
    finally:
        server.stop()
