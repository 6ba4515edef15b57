"""What sockets cost that do nothing: authenticated, attached, and silent."""

import asyncio
import resource
from pathlib import Path

import msgspec

from bench.client import Client, kind
from bench.harness import drive, report, server, token
from bench.http_client import Http

__all__ = ["main"]

SOCKETS = 5_000
SOCKETS_A_USER = 8
AT_ONCE = 100
SETTLE_S = 3


def _memory(pid: int) -> tuple[int, int]:
    """Return RSS and PSS in bytes (Linux)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    sizes = {line.split()[0]: int(line.split()[1]) * 1024 for line in lines[1:]}
    return sizes["Rss:"], sizes["Pss:"]


class _Idle:
    """One socket that is attached to a session and then keeps quiet."""

    def __init__(self) -> None:
        self._attached = asyncio.Event()

    async def open(self, ws_url: str, user_id: str, session_id: str) -> None:
        client = await Client.open(ws_url, self._take, user_id=user_id)
        attach = [{"session_id": session_id}]
        client.say({"type": "hello", "token": token(user_id), "attach": attach})
        await self._attached.wait()

    def _take(self, frame: bytes) -> None:
        if kind(frame) == b"snapshot":
            self._attached.set()
        elif kind(frame) == b"error":
            raise RuntimeError(frame.decode())


async def _fill(pid: int, url: str, ws_url: str) -> list[tuple[int, int]]:
    users = [f"u_idle_{number}" for number in range(SOCKETS // SOCKETS_A_USER)]
    async with Http(url) as http:
        sessions = [await _session(http, user_id) for user_id in users]
    owners = [
        (user_id, session_id)
        for user_id, session_id in zip(users, sessions, strict=True)
        for _ in range(SOCKETS_A_USER)
    ]
    # the first sockets also pay for what is made once
    warm, rest = owners[:AT_ONCE], owners[AT_ONCE:]
    await asyncio.gather(*(_Idle().open(ws_url, *each) for each in warm))
    await asyncio.sleep(SETTLE_S)
    before = _memory(pid)
    for start in range(0, len(rest), AT_ONCE):
        some = rest[start : start + AT_ONCE]
        await asyncio.gather(*(_Idle().open(ws_url, *each) for each in some))
    await asyncio.sleep(SETTLE_S)
    return [before, _memory(pid)]


async def _session(http: Http, user_id: str) -> str:
    _, body = await http.ask("POST", "/api/v2.1/sessions", user_id, {})
    session_id: str = msgspec.json.decode(body)["id"]
    return session_id


def main() -> None:
    """Measure, print and write bench/results/idle.json."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with server({"ION_LLM": "scripted"}) as product:
        (before, after), share = drive(_fill(product.pid, product.url, product.ws_url))
    sockets = SOCKETS - AT_ONCE
    rss, pss = ((after[kind_] - before[kind_]) / sockets / 1000 for kind_ in (0, 1))
    report(
        "idle",
        f"{SOCKETS:,} idle sockets, {SOCKETS_A_USER} of a user attached to one session",
        ("figure", "a socket"),
        [("RSS", f"{rss:.1f} KB"), ("PSS", f"{pss:.1f} KB"), ("load", f"{share:.0%}")],
        figures={"sockets": sockets, "rss_kb": rss, "pss_kb": pss},
    )


if __name__ == "__main__":
    main()
