"""`ion doctor`: is everything there that the server needs? It looks, and makes nothing."""

import shutil
import sys
from collections.abc import Awaitable, Callable

import httpx
import msgspec
from rich.markup import escape
from rich.table import Table

from app.embedded import DataDirBusyError
from app.oidc.checkup import issuers
from app.pipes import Printer
from app.process import taken
from app.providers import open_provider
from app.pushing.checkup import outbox, reached
from app.release import release
from app.settings import Settings, cores, names_set
from app.store_check import wrong_apart, wrong_stores
from app.trial import nearest
from app.workers.listeners import listening
from schemas.resources import Health
from sessions.clock import SystemClock

__all__ = ["doctor"]

_MIN_FREE_MB = 200
Check = Callable[[], Awaitable[str]]


async def doctor(settings: Settings) -> int:
    """Check and print one line each; returns 0 when nothing is wrong."""
    console = Printer()
    table = Table("check", "finding", title="ion doctor", title_justify="left")
    failed = 0
    console.print(escape(_read()), soft_wrap=True)
    server = await _running_server(settings)
    console.print(escape(await _found(settings, server)), soft_wrap=True)
    checks: dict[str, Check] = {
        "python": _python,
        "workers": lambda: _workers(settings),
        "port": lambda: _port(settings, server),
        "disk": lambda: _disk(settings),
        "stores": lambda: _stores(settings, server),
        "language model": lambda: _language_model(settings),
        "sign-in": lambda: issuers(settings),
        "operator token": lambda: _operator_token(settings),
        "notifications": lambda: reached(settings),
        "outbox": lambda: _outbox(settings, server),
    }
    for name, check in checks.items():
        try:
            table.add_row(name, f"[green]ok[/]  {escape(await check())}")
        except (OSError, RuntimeError) as error:
            failed += 1
            table.add_row(name, f"[red]wrong[/]  {escape(str(error))}")
    console.print(table)
    return 1 if failed else 0


def _read() -> str:
    """Return whose settings are looked at, by name."""
    told = ", ".join(names_set()) or "no ION_ variable"
    return f"Looks at the settings of this terminal ({told}), not at those of a running server."


async def _found(settings: Settings, server: Health | None) -> str:
    """Return whether a server answers, and what it tells of itself that is not as set here."""
    if server is None:
        return f"No server answers at {settings.local_url}."
    provider = open_provider(settings, SystemClock())
    llm = provider.name
    await provider.aclose()
    differs = [
        f"{name} {there} there, {here} here"
        for name, there, here in (
            ("version", server.version, release()),
            ("language model", server.llm, llm),
        )
        if there != here
    ]
    told = "; ".join(differs) or "neither version nor language model"
    return f"A server answers at {settings.local_url}. Known to differ: {told}."


async def _python() -> str:
    return sys.version.split()[0]


async def _workers(settings: Settings) -> str:
    count = settings.workers or cores()
    return "one process" if count == 1 else f"{count} processes on {cores()} cores"


async def _running_server(settings: Settings) -> Health | None:
    """Return what an ION server at our address says of itself, None when there is none."""
    try:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            answer = await client.get(f"{settings.local_url}/api/v2.1/health/ready")
        return msgspec.json.decode(answer.content, type=Health)
    except (httpx.HTTPError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


async def _port(settings: Settings, server: Health | None) -> str:
    where = f"{settings.host}:{settings.port}"
    if server is not None:
        return f"{where}: a server is running here (version {server.version})"
    try:
        with listening(settings.host, settings.port):
            return f"{where} is free"
    except OSError as error:
        raise RuntimeError(taken(settings, error)) from None


async def _disk(settings: Settings) -> str:
    where = nearest(settings.data_dir)
    free_mb = shutil.disk_usage(where).free // 1_000_000
    if free_mb < _MIN_FREE_MB:
        raise RuntimeError(f"{free_mb} MB are free at {where}; have {_MIN_FREE_MB} MB at least")
    return f"{free_mb:,} MB free"


async def _language_model(settings: Settings) -> str:
    if settings.llm != "openai":
        return f"{settings.llm}: nothing to reach"
    headers = {"authorization": f"Bearer {settings.llm_api_key}"} if settings.llm_api_key else {}
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.get(f"{settings.llm_base_url}/models", headers=headers)
    except httpx.HTTPError as error:
        named = f"ION_LLM_BASE_URL={settings.masked()['ION_LLM_BASE_URL']}"
        raise RuntimeError(f"{named}: can't be reached ({type(error).__name__})") from None
    if answer.status_code in (401, 403):
        raise RuntimeError(f"ION_LLM_API_KEY is refused ({answer.status_code})")
    return f"{settings.llm_model}: its server answers"


async def _operator_token(settings: Settings) -> str:
    if settings.operator_token:
        return "set"
    if settings.env == "production":
        raise RuntimeError("ION_OPERATOR_TOKEN is not set: nobody may clear the cache")
    return "not set: nobody may clear the cache"


async def _outbox(settings: Settings, server: Health | None) -> str:
    try:
        return await outbox(settings, is_served=server is not None)
    except DataDirBusyError as error:
        raise RuntimeError(_elsewhere(settings, error)) from None


async def _stores(settings: Settings, server: Health | None) -> str:
    try:
        wrong = await wrong_stores(settings)
    except DataDirBusyError as error:
        if server is None:
            raise RuntimeError(_elsewhere(settings, error)) from None
        told = server.stores.items()
        wrong = [
            f"{name}: {state}, says the running server" for name, state in told if state != "ok"
        ]
        wrong += await wrong_apart(settings)
        if not wrong:
            return f"in use by the running server, and well ({_kinds(settings)})"
    if wrong:
        raise RuntimeError("\n".join(wrong))
    return _kinds(settings)


def _elsewhere(settings: Settings, error: DataDirBusyError) -> str:
    """Return that a process that is no server at our address has the data directory."""
    return f"{error}; if it is a server, set ION_PORT to that server's port (not {settings.port})"


def _kinds(settings: Settings) -> str:
    log = "embedded Valkey" if settings.embedded_log else "Redis"
    documents = "SQLite" if settings.embedded_documents else "MongoDB"
    return f"log: {log}, documents: {documents}"
