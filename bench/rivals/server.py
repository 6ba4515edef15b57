"""A rival's server: a child process on loopback that can't reach the network by HTTP."""

import socket
from pathlib import Path

import httpx

from bench.rivals.rival import Rival
from tests.servers import Server, free_port

__all__ = ["RivalServer"]

# proxies that nobody serves: what phones home fails at once, on this machine
_NOWHERE = "http://127.0.0.1:9"
_ENVIRONMENT = {
    "HTTP_PROXY": _NOWHERE,
    "HTTPS_PROXY": _NOWHERE,
    "ALL_PROXY": _NOWHERE,
    "NO_PROXY": "127.0.0.1,localhost",
    "DO_NOT_TRACK": "1",
    "PYTHONUNBUFFERED": "1",
}


class RivalServer(Server):
    """One rival on a port of its own, with `directory` as its working directory."""

    def __init__(self, rival: Rival, python: str, directory: Path) -> None:
        port = free_port()
        served = rival.serve(port, directory)
        variables = [
            f"{name}={value}" for name, value in {**_ENVIRONMENT, **served.environment}.items()
        ]
        chdir = f"--chdir={directory}"
        command = ["/usr/bin/env", chdir, *variables, python, *served.arguments]
        super().__init__(directory, command, port)
        self._ready = rival.ready

    def _answers(self) -> bool:
        try:
            if self._ready is None:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return True
            url = f"http://127.0.0.1:{self.port}{self._ready}"
            return httpx.get(url, timeout=2, trust_env=False).status_code == 200
        except (OSError, httpx.HTTPError):
            return False
