"""`ion doctor`: is everything there that the server needs?"""

import asyncio
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable

import httpx
from rich.console import Console
from rich.table import Table

from app.embedded import DataDirBusyError
from app.settings import Settings, cores
from app.wiring import running
from sessions.errors import IonError

__all__ = ["doctor"]

_MIN_FREE_MB = 200
Check = Callable[[], Awaitable[str]]


async def doctor(settings: Settings) -> int:
    """Check and print one line each; returns 0 when nothing is wrong."""
    console = Console()
    table = Table("check", "finding", title="ion doctor", title_justify="left")
    failed = 0
    checks: dict[str, Check] = {
        "python": _python,
        "workers": lambda: _workers(settings),
        "port": lambda: _port(settings),
        "disk": lambda: _disk(settings),
        "stores": lambda: _stores(settings),
        "language model": lambda: _language_model(settings),
    }
    for name, check in checks.items():
        try:
            table.add_row(name, f"[green]ok[/]  {await check()}")
        except (OSError, RuntimeError) as error:
            failed += 1
            table.add_row(name, f"[red]wrong[/]  {error}")
    console.print(table)
    return 1 if failed else 0


async def _python() -> str:
    return sys.version.split()[0]


async def _workers(settings: Settings) -> str:
    count = settings.workers or cores()
    return "one process" if count == 1 else f"{count} processes on {cores()} cores"


async def _port(settings: Settings) -> str:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise RuntimeError(
                f"{settings.host}:{settings.port} can't be used ({error.strerror}): "
                "is the server running already? Otherwise set ION_PORT"
            ) from None
    return f"{settings.host}:{settings.port} is free"


async def _disk(settings: Settings) -> str:
    where = settings.data_dir if settings.data_dir.exists() else settings.data_dir.absolute().parent
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
        raise RuntimeError(f"ION_LLM_BASE_URL can't be reached ({type(error).__name__})") from None
    if answer.status_code in (401, 403):
        raise RuntimeError(f"ION_LLM_API_KEY is refused ({answer.status_code})")
    return f"{settings.llm_model}: its server answers"


async def _stores(settings: Settings) -> str:
    try:
        async with asyncio.timeout(20), running(settings) as product:
            report = await product.health.report()
    except (IonError, OSError, DataDirBusyError, TimeoutError) as error:
        raise RuntimeError(f"{type(error).__name__}: {error}") from None
    if report.status != "ok":
        away = ", ".join(name for name, state in report.stores.items() if state != "ok")
        raise RuntimeError(f"unavailable: {away}")
    log = "embedded Valkey" if settings.embedded_log else "Redis"
    documents = "SQLite" if settings.embedded_documents else "MongoDB"
    return f"log: {log}, documents: {documents}, answers: {report.llm}"
