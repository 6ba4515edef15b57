"""Command line of the chat."""

import argparse
import asyncio
import locale
import math
import os
import signal
import sys
import threading
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console

from ion_client.client import IonClient
from ion_client.connection import State
from ion_client.errors import IonClientError
from ion_client.http import server_url

from .echo import unechoed
from .patience import Patience
from .screen import PlainScreen, RichScreen, Screen
from .state import ChatState, default_directory
from .talk import Talk

__all__ = ["main"]

_NOT_THERE = """\
There is no ION server at {url}.
Start one with `make run` (or `ion serve`) in another terminal, or name another with --url.
I keep trying{how_long}; what you write now is sent as soon as it answers."""
_GIVEN_UP = """\
There was no ION server at {url} for {wait_s:g} s. What was not sent is kept for the next run."""
_WAIT_S = 30.0
_REFUSED = 1
_NO_SERVER = 3


def main(arguments: list[str] | None = None) -> int:
    """Talk until the user leaves, or the pipe ends.

    Returns 0 well; 1 when the server refused us, or in a pipe any line; 3 when there was no server.
    """
    options = _parser().parse_args(arguments)
    environ = os.environ  # noqa: TID251 - the client is a program of its own, without our settings
    directory = options.state_dir or default_directory(environ.get("XDG_CONFIG_HOME"), Path.home())
    state = ChatState(directory, options.url)
    try:
        return asyncio.run(_chat(options, state))
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ion chat", description="Talk with a mentor.")
    parser.add_argument(
        "--url", type=_url, default="http://127.0.0.1:8000", help="the server (%(default)s)"
    )
    parser.add_argument("--session", metavar="ID", help="go on with this conversation")
    parser.add_argument("--new", action="store_true", help="begin a new conversation")
    parser.add_argument("--persona", metavar="NAME", help="who should answer (default: who fits)")
    parser.add_argument(
        "--wait",
        type=_seconds,
        default=_WAIT_S,
        metavar="SECONDS",
        help="in a pipe, how long to try without a server (%(default)g)",
    )
    parser.add_argument("--state-dir", type=Path, help="where tokens are kept (~/.config/ion)")
    return parser


def _url(text: str) -> str:
    """Return an address as the account's files are named by, however it was written."""
    try:
        return server_url(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds


async def _chat(options: argparse.Namespace, state: ChatState) -> int:
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    screen: Screen = (
        RichScreen(Console())
        if interactive
        else PlainScreen(Console(no_color=True), Console(stderr=True, no_color=True))
    )
    for queue_path in (state.queue_path, None):
        try:
            return await _connected(options, state, screen, queue_path, interactive=interactive)
        except IonClientError as error:
            if error.code in ("unauthenticated", "account_merged"):
                screen.say("The server does not know you any more: you begin as somebody new.")
                state.forget_account()
            elif error.code != "busy":
                screen.say(f"The server refused: {error.message or error.code}")
                return _REFUSED
    return _REFUSED


async def _connected(
    options: argparse.Namespace,
    state: ChatState,
    screen: Screen,
    queue_path: Path | None,
    *,
    interactive: bool,
) -> int:
    talk: Talk | None = None
    wait_s = None if interactive else options.wait
    patience = Patience(wait_s)

    def changed(connection: State) -> None:
        patience.changed(connection)
        if talk is not None:
            talk.connection_changed(connection)

    async with IonClient(
        options.url,
        tokens=state.tokens,
        device=state.device(locale=_locale(), timezone=_timezone()),
        queue_path=queue_path,
        on_state=changed,
    ) as ion:
        if ion.state == "waiting":
            how_long = "" if wait_s is None else f" for {wait_s:g} s"
            screen.say(_NOT_THERE.format(url=options.url, how_long=how_long))
        talk = Talk(ion, screen, remember=state.remember, persona=options.persona)
        try:
            async with patience.within(ion.state):
                await _begin(options, state, talk, interactive=interactive)
                if interactive:
                    with unechoed(sys.stdin.fileno()):
                        await _terminal(talk, ion, screen)
                else:
                    await _pipe(talk, ion)
        except TimeoutError:
            screen.say(_GIVEN_UP.format(url=options.url, wait_s=wait_s))
            return _NO_SERVER
    return _REFUSED if talk.failed and not interactive else 0


async def _begin(
    options: argparse.Namespace, state: ChatState, talk: Talk, *, interactive: bool
) -> None:
    """Open the session that is asked for: in a pipe that one, or none."""
    last = None if options.new else state.session_id
    only = options.session is not None and not interactive
    await talk.begin(options.session or last, only=only)


async def _pipe(talk: Talk, ion: IonClient) -> None:
    """Take lines from standard input until it ends."""
    await talk.deliver(ion.unsent)
    lines = _lines()
    while not talk.over and (line := await lines.get()):
        await talk.obey(line)


def _lines() -> asyncio.Queue[str]:
    """Return lines of standard input as they come, "" at its end.

    A thread of its own reads them, one that does not hold up the program's end.
    """
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str] = asyncio.Queue()

    def read() -> None:
        with suppress(RuntimeError):  # the loop has ended
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, "")

    threading.Thread(target=read, daemon=True, name="standard input").start()
    return lines


async def _terminal(talk: Talk, ion: IonClient, screen: Screen) -> None:
    """Take lines from a prompt; Ctrl-C stops an answer, Ctrl-D leaves."""
    screen.say("Write something. /help lists the commands, Ctrl-D leaves.")
    await _interruptible(talk, talk.deliver(ion.unsent))
    prompt: PromptSession[str] = PromptSession()
    while not talk.over:
        try:
            with patch_stdout(raw=True):
                line = await prompt.prompt_async("> ")
        except KeyboardInterrupt:
            screen.say("Ctrl-D or /quit leaves; Ctrl-C ends an answer that runs.")
        except EOFError:
            return
        else:
            await _interruptible(talk, talk.obey(line))


async def _interruptible(talk: Talk, work: Coroutine[Any, Any, None]) -> None:
    """Let Ctrl-C stop the answer, and a second one stop waiting for it."""
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work)

        def interrupt() -> None:
            if talk.stopping:
                task.cancel()
            else:
                group.create_task(talk.stop())

        with suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(signal.SIGINT, interrupt)
        with suppress(asyncio.CancelledError):
            await task
        with suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)


def _locale() -> str:
    return (locale.getlocale()[0] or "").replace("_", "-")


def _timezone() -> str:
    """Return the machine's time zone by its IANA name, "" when it does not tell."""
    return str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]


if __name__ == "__main__":
    raise SystemExit(main())
