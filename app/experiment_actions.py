"""What the `ion experiments` commands do."""

import argparse
import asyncio
import sys
import tomllib
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
from rich.table import Table

from app.pipes import Printer
from app.settings import Settings, SettingsError, with_secret
from app.stores import open_documents
from sessions.clock import SystemClock
from sessions.errors import Duplicate, IonError
from sessions.experiments.canary import decide, roll_back, stop, widened
from sessions.experiments.experiment import Experiment
from sessions.experiments.experiments import Experiments
from sessions.experiments.report import Finding, Report
from sessions.profiles.pseudonyms import Pseudonyms

__all__ = ["act"]

_Run = Callable[[Experiments, argparse.Namespace], Coroutine[Any, Any, int]]


def act(settings: Settings, options: argparse.Namespace) -> int:
    """Run the chosen action; return 0 well, 1 refused or failed, 2 wrong use or settings."""
    actions: dict[str, _Run] = {
        "list": _list,
        "show": _show,
        "start": _start,
        "advance": _advance,
        "roll-back": _roll_back,
        "stop": _stop,
    }
    try:
        return asyncio.run(_with_documents(settings, actions[options.action], options))
    except (SettingsError, ValueError) as error:
        sys.stderr.write(f"ion: {error}\n")
        return 2
    except BrokenPipeError:
        raise
    except (IonError, OSError) as error:
        sys.stderr.write(f"ion: {error}\n")
        return 1


async def _with_documents(settings: Settings, run: _Run, options: argparse.Namespace) -> int:
    async with AsyncExitStack() as stack:
        settings = with_secret(settings)
        documents = await open_documents(settings, stack)
        names = Pseudonyms(settings.secret_key)
        experiments = Experiments(documents=documents, clock=SystemClock(), names=names)
        return await run(experiments, options)


async def _list(experiments: Experiments, options: argparse.Namespace) -> int:
    table = Table("experiment", "state", "users", "variants", "since", "why ended")
    for each in await experiments.all():
        found = each.experiment
        since = each.started_at.strftime("%Y-%m-%d")
        table.add_row(
            found.name,
            found.state,
            f"{found.share:.0%}",
            ", ".join(found.variants),
            since,
            each.reason,
        )
    _print(table)
    return 0


async def _show(experiments: Experiments, options: argparse.Namespace) -> int:
    experiment, report = await experiments.report(options.name)
    decision = decide(experiment, report)
    title = f"{experiment.name}: {experiment.state}, {experiment.share:.0%} of the users"
    table = Table("metric", "variant", "control", "variant's", "difference", "p", "result")
    for found in report.findings:
        table.add_row(*_row(found))
    _print(title, table, _users(report), f"next: {decision.action} ({decision.reason})")
    return 0


def _row(found: Finding) -> tuple[str, ...]:
    compared = found.compared
    interval = f"{compared.difference:+.4g} ({compared.low:+.4g} to {compared.high:+.4g})"
    result = "better" if found.better else "worse" if found.worse else "no difference shown"
    if not found.enough and not found.worse:
        result = "too few users"
    return (
        found.metric.name,
        found.variant,
        f"{found.control.mean:.4g}",
        f"{found.treated.mean:.4g}",
        interval,
        f"{found.adjusted_p:.3g}",
        result,
    )


def _users(report: Report) -> str:
    counts = ", ".join(f"{name} {count}" for name, count in report.counts.items())
    verdict = "NOT as assigned" if report.mismatch else "as assigned"
    return f"users: {counts}; the split is {verdict} (p = {report.split_p:.3g})"


async def _start(experiments: Experiments, options: argparse.Namespace) -> int:
    experiment = _read(options.file)
    try:
        await experiments.start(experiment)
    except Duplicate:
        sys.stderr.write(f"ion: the name {experiment.name!r} was used before\n")
        return 1
    _print(f"{experiment.name} runs for {experiment.share:.0%} of the users")
    return 0


def _read(path: Path) -> Experiment:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Experiment)
    except (msgspec.ValidationError, ValueError) as error:
        raise ValueError(f"{path.name}: {error}") from error


async def _advance(experiments: Experiments, options: argparse.Namespace) -> int:
    decision = decide(*await experiments.report(options.name))
    if decision.action != "advance" and not options.force:
        sys.stderr.write(f"ion: {decision.action.replace('_', ' ')}: {decision.reason}\n")
        return 1
    changed = await experiments.change(options.name, widened)
    _print(f"{changed.name} runs for {changed.share:.0%} of the users")
    return 0


async def _roll_back(experiments: Experiments, options: argparse.Namespace) -> int:
    await experiments.change(options.name, roll_back, reason="rolled back by hand")
    _print(f"{options.name} is rolled back")
    return 0


async def _stop(experiments: Experiments, options: argparse.Namespace) -> int:
    await experiments.change(options.name, stop)
    _print(f"{options.name} is stopped")
    return 0


def _print(*parts: object) -> None:
    console = Printer(file=sys.stdout)
    for part in parts:
        console.print(part)
