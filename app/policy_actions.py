"""What the `ion policy` commands do: show, replay and promote policies."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from app.labelled import LinesInvalid, read_lines
from app.settings import Settings, SettingsError
from app.stores import open_documents
from sessions.clock import SystemClock
from sessions.errors import StoreError
from sessions.profiles.policies import load_choices, load_current, promote
from sessions.profiles.policy import POLICIES, STEADY, Policy, policy_from
from sessions.profiles.promotion import Verdict, judge
from sessions.profiles.replay import Evaluation, Logged, evaluate, usable
from sessions.stores.documents import Documents

__all__ = ["act"]

_Run = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, int]]
_decode = msgspec.json.Decoder(dict[str, float]).decode


def act(settings: Settings, options: argparse.Namespace) -> int:
    """Run the chosen action; return 0 well, 1 refused or failed, 2 wrong use or settings."""
    actions: dict[str, _Run] = {
        "show": _show,
        "log": _log,
        "replay": _replay,
        "promote": _promote,
    }
    try:
        return asyncio.run(actions[options.action](settings, options))
    except (LinesInvalid, SettingsError, ValueError) as error:
        sys.stderr.write(f"ion: {error}\n")
        return 2
    except StoreError as error:
        sys.stderr.write(f"ion: {error.message}\n")
        return 1


async def _show(settings: Settings, options: argparse.Namespace) -> int:
    async with _documents(settings) as documents:
        current = await load_current(documents) if documents else STEADY
    lines = [f"in force: {_described(current)}", *map(_described, POLICIES.values())]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


async def _log(settings: Settings, options: argparse.Namespace) -> int:
    async with _documents(settings) as documents:
        if documents is not None:
            async for row in load_choices(documents):
                sys.stdout.write(f"{msgspec.json.encode(row).decode()}\n")
    return 0


async def _replay(settings: Settings, options: argparse.Namespace) -> int:
    async with _documents(settings) as documents:
        _, verdict = await _judged(documents, options)
    return 0 if verdict.promotable else 1


async def _promote(settings: Settings, options: argparse.Namespace) -> int:
    async with _documents(settings) as documents:
        if documents is None:
            raise SettingsError("there is no store to promote a policy in")
        new, verdict = await _judged(documents, options)
        if not verdict.promotable:
            return 1
        await promote(documents, new, now=SystemClock().now())
    sys.stderr.write(f"{new.name} is promoted; every process takes it over within a minute.\n")
    return 0


async def _judged(
    documents: Documents | None, options: argparse.Namespace
) -> tuple[Policy, Verdict]:
    """Replay the named policy and the one in force, print both and what follows."""
    new = _named(options.policy)
    current = await load_current(documents) if documents else STEADY
    if options.from_store:
        logged = [row async for row in load_choices(documents)] if documents else []
    else:
        logged = read_lines(options.file, Logged)
    rows = usable(logged)
    found = [evaluate(each, rows) for each in (current, new)]
    verdict = judge(new, found[1], current, found[0])
    if options.json:
        report = {"current": found[0], "new": found[1], "verdict": verdict}
        sys.stdout.write(f"{msgspec.json.encode(report).decode()}\n")
        return new, verdict
    sys.stdout.write(_table(found, of=len(logged)))
    said = "Can be promoted" if verdict.promotable else "REFUSED"
    sys.stdout.write(f"{said}: {verdict.why}.\n")
    return new, verdict


def _named(name: str) -> Policy:
    """Return a policy by its name or from its file; raises ValueError."""
    if name in POLICIES:
        return POLICIES[name]
    path = Path(name)
    if not path.is_file():
        raise ValueError(f"{name}: no policy has this name; known are {', '.join(POLICIES)}")
    try:
        return policy_from(path.stem, _decode(path.read_bytes()))
    except msgspec.DecodeError as error:
        raise ValueError(f"{name}: {error}") from None


@asynccontextmanager
async def _documents(settings: Settings) -> AsyncIterator[Documents | None]:
    """Open the server's documents; None when they are embedded and there are none yet."""
    if settings.embedded_documents and not (settings.data_dir / "ion.sqlite").exists():
        yield None
        return
    async with AsyncExitStack() as stack:
        yield await open_documents(settings, stack)


def _described(policy: Policy) -> str:
    values = ", ".join(f"{name} {value:g}" for name, value in policy.parameters().items())
    return f"{policy.name}: {values}"


def _table(found: list[Evaluation], *, of: int) -> str:
    head = (
        f"{'policy':<12} {'IPS':<22} {'self-normalised':<22} {'doubly robust':<22} support  rows\n"
    )
    lines = [
        f"{each.policy:<12.12} "
        + " ".join(
            f"{e.value:.3f} [{e.low:.3f}, {e.high:.3f}]".ljust(22)
            for e in (each.ips, each.snips, each.dr)
        )
        + f" {each.support:>6.1%} {each.effective:>6.0f}\n"
        for each in found
    ]
    rows = f"{found[0].rows} rewarded choices of {of} by {found[0].users} users; "
    return head + "".join(lines) + rows + "rows: how many evenly weighted ones they are worth.\n"
