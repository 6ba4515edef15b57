"""Looking for a text byte by byte, in whatever form it may be left."""

import gc
import json
from base64 import b64encode
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from unicodedata import normalize

from redis.asyncio import Redis

__all__ = ["dumped", "in_files", "in_objects", "traces"]

_OURS = ("app.", "sessions.", "schemas.", "push.", "collections", "cachetools", "builtins")


def traces(data: bytes, planted: Iterable[str]) -> list[str]:
    """Return which forms of the planted texts are in `data`, whatever the case of letters."""
    folded = data.lower()
    found = []
    for text in planted:
        for name, form in _forms(text):
            # base64 has its own upper and lower case
            if form in data or (not name.startswith("base64") and form.lower() in folded):
                found.append(f"{text} as {name}")
    return found


def _forms(text: str) -> Iterator[tuple[str, bytes]]:
    for kind in ("NFC", "NFD"):
        same = normalize(kind, text)
        yield f"utf-8 {kind}", same.encode()
        yield f"utf-16 {kind}", same.encode("utf-16-le")
        yield f"utf-16 {kind}, big end first", same.encode("utf-16-be")
        yield f"JSON {kind}", json.dumps(same)[1:-1].encode()
    for each in {text, text.lower(), text.upper()}:
        for offset in range(3):
            # the letters at both ends depend on what stands around the text
            whole = b64encode(b"\0" * offset + each.encode() + b"\0\0")
            yield f"base64 at {offset}", whole[4:-4]


def in_files(planted: Iterable[str], *directories: Path) -> list[str]:
    """Return which files under the directories hold a trace."""
    files = [path for each in directories for path in each.rglob("*") if path.is_file()]
    return [f"{path}: {trace}" for path in files for trace in traces(_bytes(path), planted)]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""  # its server has just written another one


async def dumped(redis: Redis) -> list[bytes]:
    """Return all keys of a log store, whatever their type, with their values."""
    parts: list[bytes] = []
    async for key in redis.scan_iter(count=1000):
        parts.append(key)
        kind = await redis.type(key)
        value: Any
        match kind:
            case b"string":
                value = await redis.get(key)
            case b"hash":
                value = await redis.hgetall(key)
            case b"list":
                value = await redis.lrange(key, 0, -1)
            case b"set":
                value = await redis.smembers(key)
            case b"zset":
                value = await redis.zrange(key, 0, -1)
            case b"stream":
                value = await redis.xrange(key)
            case b"none":
                value = None  # its time is over
            case _:
                raise AssertionError(f"{key!r} is a {kind!r}")
        parts += _leaves(value)
    return parts


def _leaves(value: Any) -> Iterator[bytes]:
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(key)
            yield from _leaves(each)
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from _leaves(each)


def in_objects(planted: Iterable[str], *roots: object) -> list[str]:
    """Return traces in all that can be reached from the parts of a running product."""
    texts = tuple(planted)
    seen: set[int] = set()
    waiting: deque[tuple[object, str]] = deque((each, "") for each in roots)
    found: set[str] = set()
    while waiting:
        each, where = waiting.popleft()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, str | bytes | bytearray):
            data = each.encode("utf-8", "surrogatepass") if isinstance(each, str) else bytes(each)
            found |= {f"{where}: {trace}" for trace in traces(data, texts)}
        elif type(each).__module__.startswith(_OURS) and not isinstance(each, type):
            inside = f"{where}/{type(each).__name__}"
            waiting += [(part, inside) for part in gc.get_referents(each) if not callable(each)]
    return sorted(found)
