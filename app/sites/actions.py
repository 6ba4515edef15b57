"""What the `ion site` commands do."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from msgspec import Struct
from rich.markup import escape
from rich.table import Table

from app.pipes import Printer
from app.settings import Settings, SettingsError, with_secret
from app.sites.sites import DEMO, Sites
from app.sites.vouching import secret_of
from app.stores import open_documents
from sessions.clock import SystemClock
from sessions.errors import IonError, NotFound

__all__ = ["act"]

_Run = Callable[["_Office", argparse.Namespace], Coroutine[Any, Any, None]]


class _Office(Struct, frozen=True):
    """What actions work with."""

    sites: Sites
    secret_key: str


def act(settings: Settings, options: argparse.Namespace) -> int:
    """Run the chosen action; return 0 well, 1 refused or failed, 2 wrong settings."""
    actions: dict[str, _Run] = {
        "list": _list,
        "add": _add,
        "secret": _secret,
        "remove": _remove,
    }
    try:
        asyncio.run(_with_documents(settings, actions[options.action], options))
    except SettingsError as error:
        sys.stderr.write(f"ion: {error}\n")
        return 2
    except BrokenPipeError:
        raise
    except (IonError, OSError) as error:
        sys.stderr.write(f"ion: {error}\n")
        return 1
    return 0


async def _with_documents(settings: Settings, run: _Run, options: argparse.Namespace) -> None:
    async with AsyncExitStack() as stack:
        settings = with_secret(settings)
        documents = await open_documents(settings, stack)
        development = settings.env == "development"
        sites = Sites(documents=documents, clock=SystemClock(), development=development)
        await run(_Office(sites, settings.secret_key), options)
        if options.action == "list" and development:
            sys.stderr.write(f"In development pages of this machine have the key {DEMO}.\n")


async def _list(office: _Office, options: argparse.Namespace) -> None:
    table = Table("key", "site", "origins", "since")
    for each in await office.sites.all():
        since = each.created_at.strftime("%Y-%m-%d")
        table.add_row(each.id, escape(each.name), ", ".join(each.origins), since)
    Printer(file=sys.stdout).print(table)


async def _add(office: _Office, options: argparse.Namespace) -> None:
    site = await office.sites.add(options.name, tuple(options.origins))
    sys.stdout.write(f"{site.id}\n")
    sys.stderr.write(f"Pages of {', '.join(site.origins)} may have the chat with this key.\n")


async def _secret(office: _Office, options: argparse.Namespace) -> None:
    site = await office.sites.find(options.key)
    if site is None:
        raise NotFound("there is no such site")
    sys.stdout.write(f"{secret_of(site, office.secret_key)}\n")
    sys.stderr.write(
        "For the site's server alone: whoever has it can sign in as any of its users.\n"
    )


async def _remove(office: _Office, options: argparse.Namespace) -> None:
    await office.sites.remove(options.key)
    sys.stderr.write("It is removed; its visitors' tokens end within ten minutes.\n")
