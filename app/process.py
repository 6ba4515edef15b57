"""How a process of the product runs: its logs, its event loop, and how its failure is told."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import uvloop

from app.embedded import DataDirBusyError
from app.open_files import raise_limit
from app.settings import Settings, SettingsError
from app.telemetry.logs import configure_logs
from sessions.errors import StoreError

__all__ = ["run", "say_taken", "say_where", "taken"]


def run(work: Coroutine[Any, Any, int], settings: Settings) -> int:
    """Run `work` to its end; returns its exit code, or 1 after saying what is wrong."""
    configure_logs(settings.log_level)
    raise_limit()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except (DataDirBusyError, SettingsError) as error:
        sys.stderr.write(f"ion: {error}\n")
    except OSError as error:
        where = settings.data_dir
        reason = error.strerror or type(error).__name__
        sys.stderr.write(f"ion: {where} can't be used ({reason}); set ION_DATA_DIR\n")
    except StoreError as error:
        named = "ION_DATA_DIR" if settings.embedded_documents else "ION_MONGODB_URI"
        setting = f"{named}={settings.masked()[named]}"
        sys.stderr.write(f"ion: a store can't be reached or used, {setting}: {error.message}\n")
    return 1


def say_taken(settings: Settings, error: OSError) -> None:
    """Print that the address can't be listened on, and what to do."""
    sys.stderr.write(f"ion: {taken(settings, error)}\n")


def taken(settings: Settings, error: OSError) -> str:
    """Return that the address can't be listened on, why, and what to do."""
    # a socket adds the address to the reason, a name that is unknown has a reason of its own
    known = error.errno is not None and error.errno > 0
    reason = os.strerror(error.errno or 0) if known else error.strerror or str(error)
    return f"{_address(settings)} can't be used ({reason}); set ION_PORT or ION_HOST"


def say_where(settings: Settings, *, workers: int = 1) -> None:
    """Print the address, and what stands behind it."""
    log = "embedded" if settings.embedded_log else "Redis"
    documents = "SQLite" if settings.embedded_documents else "MongoDB"
    several = f" · workers: {workers}" if workers > 1 else ""
    sys.stdout.write(
        f"\n  ION Mentoring is ready:  http://{_address(settings)}/\n"
        f"  answers: {settings.llm} · log: {log} · documents: {documents}{several}"
        f" · pid {os.getpid()} · stop with Ctrl-C\n\n"
    )
    sys.stdout.flush()


def _address(settings: Settings) -> str:
    """Return where to listen as a URL has it."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{host}:{settings.port}"
