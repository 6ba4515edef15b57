"""Autobahn's WebSocket cases against an echo server that runs as a child process."""

import socket
import subprocess
import sys
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.servers import Server, free_port

__all__ = ["ECHOES", "Outcome", "outcomes"]

# what stands under test, and the program that serves it
ECHOES = {
    "product": "tests.conformance.echo_product",
    "websockets": "tests.conformance.echo_websockets",
}
_WITHIN_S = 120


class Outcome(Struct, frozen=True):
    """What came of one case, and why."""

    id: str
    passed: bool
    reason: str


class _Echo(Server):
    """An echo server that gets its port as argument."""

    def __init__(self, directory: Path, module: str) -> None:
        port = free_port()
        super().__init__(directory, [sys.executable, "-m", module, str(port)], port)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


def outcomes(module: str, directory: Path) -> list[Outcome]:
    """Serve `module`, run every case against it, and return what came of them."""
    server = _Echo(directory, module)
    server.start()
    try:
        url = f"ws://127.0.0.1:{server.port}/"
        command = [sys.executable, "-m", "tests.conformance.fuzz", url]
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=_WITHIN_S)
    finally:
        server.stop()
    return msgspec.json.decode(printed.stdout, type=list[Outcome])
