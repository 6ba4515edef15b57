"""What the cache is filled with at the start: the routing of words that many begin with."""

import asyncio
import tomllib
from collections.abc import Sequence
from pathlib import Path

from sessions.oneshot import OneShot, Question

__all__ = ["load_starters", "warm"]

_STARTERS = Path(__file__).parent / "starters.toml"


def load_starters() -> tuple[str, ...]:
    """Return the packaged starters, all languages."""
    by_language: dict[str, list[str]] = tomllib.loads(_STARTERS.read_text(encoding="utf-8"))
    return tuple(text for texts in by_language.values() for text in texts)


async def warm(oneshot: OneShot, texts: Sequence[str]) -> None:
    """Route each text, as nobody's question, so that the first who asks need not wait for it."""
    for text in texts:
        await oneshot.route(Question(text=text))
        # whoever asks by now comes first
        await asyncio.sleep(0)
