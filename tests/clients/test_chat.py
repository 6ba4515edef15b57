"""The terminal chat: in a pipe, on a terminal, and what it shows."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from ion_client import Choice, HelpLine, IonClient, Message, Notice, Persona, Routed, Safety
from ion_client.chat import __main__ as command
from ion_client.chat.screen import PlainScreen, RichScreen
from ion_client.chat.talk import HELP, Talk
from rich.console import Console

from tests.clients.fake_server import FakeServer
from tests.clients.model import AT

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\r")


def command_line(server: FakeServer, directory: Path, *more: str) -> list[str]:
    return [
        *(sys.executable, "-m", "ion_client.chat", "--url", server.url),
        *("--state-dir", str(directory), *more),
    ]


async def piped(
    server: FakeServer, directory: Path, text: str, *more: str, code: int = 0
) -> tuple[str, str]:
    process = await asyncio.create_subprocess_exec(
        *command_line(server, directory, *more),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate(text.encode())
    assert process.returncode == code, err
    return out.decode(), err.decode()


async def test_in_a_pipe_answers_alone_go_to_standard_output(
    server: FakeServer, tmp_path: Path
) -> None:
    out, err = await piped(server, tmp_path, "hi\n\n/help\n/why\nagain\n/quit\nnever\n")

    assert out == "Hello there.\nHello there.\n"
    assert HELP in err
    assert "resonance key: k" in err
    (session,) = server.model.sessions.values()
    assert [turn.message["text"] for turn in session.turns] == ["hi", "again"]


async def test_the_next_run_goes_on_where_the_last_one_was(
    server: FakeServer, tmp_path: Path
) -> None:
    await piped(server, tmp_path, "hi\n")
    await piped(server, tmp_path, "again\n")
    await piped(server, tmp_path, "elsewhere\n", "--new")
    first = next(iter(server.model.sessions))
    await piped(server, tmp_path, "back\n", "--session", first)

    texts = [[t.message["text"] for t in s.turns] for s in server.model.sessions.values()]
    assert texts == [["hi", "again", "back"], ["elsewhere"]]
    assert server.tokens_made == 1


@pytest.mark.parametrize("line", ["much too long", "/what", "/persona nobody", "/edit no"])
async def test_a_line_that_was_refused_is_told_by_the_exit_code(
    server: FakeServer, tmp_path: Path, line: str
) -> None:
    server.errors = [{"code": "text_too_long", "message": "shorten it", "retryable": False}]
    out, err = await piped(server, tmp_path, f"{line}\nhi\n/quit\n", code=1)

    assert err
    assert out in ("", "Hello there.\n")


async def test_a_session_that_is_asked_for_in_a_pipe_is_the_only_one_that_will_do(
    server: FakeServer, tmp_path: Path
) -> None:
    out, err = await piped(server, tmp_path, "hi\n", "--session", "s_nowhere", code=1)

    assert out == ""
    assert "refused" in err
    assert not server.model.sessions


async def test_a_pipe_gives_up_when_no_server_comes(server: FakeServer, tmp_path: Path) -> None:
    server.reject_status = 503
    out, err = await piped(server, tmp_path, "hi\n", "--wait", "0.3", code=3)

    assert out == ""
    assert "I keep trying for 0.3 s" in err
    assert f"There was no ION server at {server.url} for 0.3 s" in err


@pytest.mark.parametrize("wait", ["0", "-1", "soon", "inf", "nan"])
def test_a_wait_is_a_number_of_seconds(wait: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--wait", wait])

    assert "no number of seconds" in capsys.readouterr().err


async def test_without_a_server_it_says_what_to_do_and_goes_on_trying(
    server: FakeServer, tmp_path: Path
) -> None:
    server.reject_status = 503
    process = await asyncio.create_subprocess_exec(
        *command_line(server, tmp_path),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    async with asyncio.timeout(60):
        said = b""
        while b"I keep trying" not in said:
            said += await process.stderr.readline()
        assert b"make run" in said
        process.stdin.write(b"anyone?\n")
        server.reject_status = None
        assert await process.stdout.readline() == b"Hello there.\n"
        process.stdin.close()
        await process.communicate()


async def test_what_was_not_sent_is_sent_by_the_next_run(
    server: FakeServer, tmp_path: Path
) -> None:
    server.reject_status = 503
    process = await asyncio.create_subprocess_exec(
        *command_line(server, tmp_path),
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin is not None
    process.stdin.write(b"keep this\n")
    async with asyncio.timeout(60):
        while not any(b"keep this" in each.read_bytes() for each in tmp_path.glob("*.jsonl")):
            await asyncio.sleep(0.01)
        process.kill()
        await process.wait()
    server.reject_status = None
    out, err = await piped(server, tmp_path, "and this\n")

    assert "from last time: keep this" in err
    assert out == "Hello there.\n" * 2
    (session,) = server.model.sessions.values()
    assert [turn.message["text"] for turn in session.turns] == ["keep this", "and this"]


@pytest.mark.parametrize("code", ["unauthenticated", "account_merged"])
async def test_an_account_that_the_server_forgot_begins_anew(
    server: FakeServer, tmp_path: Path, code: str
) -> None:
    await piped(server, tmp_path, "hi\n")
    server.refusal = code
    server.refused_tokens.add("token-1")
    server.refuse_refresh = True
    out, err = await piped(server, tmp_path, "hi\n")
    assert "somebody new" in err
    assert out == "Hello there.\n"


class Terminal:
    """The chat on a pseudo-terminal; `shown` is its text without escape sequences."""

    def __init__(self, process: asyncio.subprocess.Process, master: int) -> None:
        self.process = process
        self._master = master
        self._raw = b""

    @property
    def shown(self) -> str:
        return _ESCAPES.sub("", self._raw.decode(errors="replace"))

    def read(self) -> None:
        try:
            self._raw += os.read(self._master, 65_536)
        except OSError:
            asyncio.get_running_loop().remove_reader(self._master)

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    async def until(self, text: str, *, after: int = 0) -> int:
        """Wait until `text` is shown, and return where it ends."""
        try:
            async with asyncio.timeout(60):
                while text not in self.shown[after:]:
                    await asyncio.sleep(0.01)
        except TimeoutError:
            pytest.fail(f"{text!r} was not shown in {self.shown!r}")
        return self.shown.index(text, after) + len(text)


@asynccontextmanager
async def terminal(server: FakeServer, directory: Path) -> AsyncIterator[Terminal]:
    master, slave = os.openpty()
    environment = os.environ | {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
    process = await asyncio.create_subprocess_exec(
        *command_line(server, directory),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        start_new_session=True,
        preexec_fn=_control_terminal,
    )
    os.close(slave)
    shown = Terminal(process, master)
    asyncio.get_running_loop().add_reader(master, shown.read)
    try:
        yield shown
    finally:
        asyncio.get_running_loop().remove_reader(master)
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(master)


def _control_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


async def test_a_terminal_streams_stops_hints_and_leaves(
    server: FakeServer, tmp_path: Path
) -> None:
    async with terminal(server, tmp_path) as shown:
        await shown.until("/help lists the commands")
        await shown.until(">")
        shown.type("\x03")
        here = await shown.until("Ctrl-D or /quit leaves")
        server.hold.clear()
        server.pieces = ("Hello ", "you ", "there")
        shown.type("hi\r")
        here = await shown.until("Hello", after=here)
        assert "lua" in shown.shown.lower()
        shown.type("\x03")
        here = await shown.until("(stopped)", after=here)
        server.hold.set()
        shown.type("again\r")
        here = await shown.until("Hello you there", after=here)
        await shown.until(">", after=here)
        shown.type("\x04")
        async with asyncio.timeout(60):
            assert await shown.process.wait() == 0


async def test_what_is_typed_into_an_answer_stands_in_the_next_prompt_alone(
    server: FakeServer, tmp_path: Path
) -> None:
    async with terminal(server, tmp_path) as shown:
        await shown.until("/help lists the commands")
        await shown.until(">")
        server.hold.clear()
        server.pieces = ("Hello ", "you ", "there")
        shown.type("hi\r")
        here = await shown.until("Hello")
        shown.type("waiting\x7f\x7f\x7f\nand la")
        server.hold.set()
        here = await shown.until("you there", after=here)
        assert "wait" not in shown.shown[:here]
        here = await shown.until("> wait", after=here)
        here = await shown.until("you there", after=here)
        await shown.until("> and la", after=here)
        shown.type("ter\r")
        await shown.until("you there", after=here)
        shown.type("\x04")
        async with asyncio.timeout(60):
            assert await shown.process.wait() == 0
    (session,) = server.model.sessions.values()
    assert [turn.message["text"] for turn in session.turns] == ["hi", "wait", "and later"]


async def test_a_second_interrupt_stops_waiting(server: FakeServer, tmp_path: Path) -> None:
    server.reject_status = 503
    async with terminal(server, tmp_path) as shown:
        await shown.until("I keep trying")
        await shown.until(">")
        shown.type("hi\r")
        here = await shown.until("waiting for a connection")
        shown.type("\x03")
        await asyncio.sleep(0.3)  # both would be one signal to the kernel
        shown.type("\x03")
        await shown.until(">", after=here)
        shown.type("\x04")
        async with asyncio.timeout(60):
            assert await shown.process.wait() == 0


class Recorder:
    """A rich screen that writes into memory."""

    def __init__(self, width: int = 60) -> None:
        self.out = StringIO()
        self.screen = RichScreen(Console(file=self.out, width=width, force_terminal=False))

    @property
    def text(self) -> str:
        return self.out.getvalue()


@asynccontextmanager
async def talking(server: FakeServer, screen: Any) -> AsyncIterator[Talk]:
    remembered: list[str | None] = []
    async with IonClient(server.url) as ion:
        talk = Talk(ion, screen, remember=remembered.append, persona="LUA")
        await talk.begin(None)
        yield talk


async def test_commands_do_what_help_says(server: FakeServer) -> None:
    recorder = Recorder()
    async with talking(server, recorder.screen) as talk:
        for line in ("/why", "/sessions", "hi", "/new", "/why", "more", "/sessions", "/open 9"):
            await talk.obey(line)
        for line in ("/open 1", "/open x", "/why", "/persona 루아", "/persona nobody", "/persona"):
            await talk.obey(line)
        server.pieces = ("Anew.",)
        for line in ("/edit", "/again", "/edit something else", "/new", "/again", "/edit no"):
            await talk.obey(line)
        for line in ("/stop", "/what", "/quit"):
            await talk.obey(line)
        assert talk.over
    text = recorder.text
    for part in (
        "nobody has answered here yet",
        "You have no conversations yet.",
        "Lua Hello there.",
        "A new conversation.",
        "Use /sessions first",
        "you hi",
        "Lua answers now.",
        "Nobody here is called nobody. There are: Lua.",
        "Whoever fits answers.",
        "Say something first",
        "Lua Anew.",
        "nothing was answered here yet.",
        "There is no such command",
    ):
        assert part in text
    assert server.model.received[1]["persona"] == "lua"


async def test_what_goes_wrong_is_said_in_words(server: FakeServer) -> None:
    recorder = Recorder()
    async with talking(server, recorder.screen) as talk:
        server.errors = [{"code": "turn_running", "message": "busy", "retryable": True}]
        await talk.obey("hi")
        server.problems = [(500, {"code": "internal", "detail": "oh"})]
        await talk.obey("/sessions")
        await talk.begin("nowhere")
        server.hold.clear()
        waiting = asyncio.get_running_loop().create_task(talk.obey("hm"))
        while not talk.answering or not server.model.sessions:
            await asyncio.sleep(0.002)
        (session,) = server.model.sessions.values()
        while not session.turns[0].text:
            await asyncio.sleep(0.002)
        session.restart(session.turns[0])
        session.fail(session.turns[0])
        server.ring()
        await waiting
        server.hold.set()
    for part in (
        "That did not work: busy. You can try again.",
        "That did not work: oh.",
        "can't be opened (not_found)",
        "the answer begins anew",
        "There is no answer (internal).",
    ):
        assert part in recorder.text


async def test_the_state_of_the_connection_is_said_once() -> None:
    recorder = Recorder()
    talk = Talk(
        SimpleNamespace(state="open"),  # type: ignore[arg-type]
        recorder.screen,
        remember=lambda _: None,
    )
    for state in ("open", "connecting", "waiting", "connecting", "waiting", "open"):
        talk.connection_changed(state)
    assert recorder.text.count("No connection") == 1
    assert recorder.text.count("Connected again.") == 1
    talk.answering = True
    talk.connection_changed("waiting")
    talk.connection_changed("open")
    recorder.screen.waiting(None)
    with pytest.raises(RuntimeError):
        await talk.obey("hi")


def safety() -> Safety:
    line = HelpLine(name="Line [109]", contact="109", url="https://example.org", hours="24 h")
    return Safety(turn_id="t", category="crisis", resources=(line,))


def _message(role: str, text: str) -> Message:
    return msgspec.convert({"id": text, "role": role, "text": text, "created_at": AT}, Message)


def test_both_screens_show_help_lines_notices_and_reasons() -> None:
    routed = Routed(
        turn_id="t",
        persona="lua",
        override=True,
        choices=(Choice(persona="lua", probability=0.5, reason="calm"),),
    )
    recorder, out, err = Recorder(), StringIO(), StringIO()
    for screen in (recorder.screen, PlainScreen(Console(file=out), Console(file=err))):
        screen.personas((Persona(id="lua", name="Lua"),))
        screen.waiting("…")
        screen.safety(safety())
        screen.waiting("…")
        screen.notice(Notice(code="ai", text="An AI answers."))
        screen.why(routed)
        screen.history((_message("user", "before"), _message("assistant", "after")))
        screen.begin("riri")
        screen.write("[b]not markup[/b] at all")
        screen.waiting("…")
        screen.write(" more")
        screen.restart()
        screen.write("anew")
        screen.end("anew", "(stopped)")

    for text in (recorder.text, out.getvalue() + err.getvalue()):
        for part in ("Line [109]", "109", "An AI answers.", "you chose", "lua  50%  calm"):
            assert part in text
        assert "(stopped)" in text
    assert "[b]not markup[/b]" in recorder.text
    assert "mentor after" in recorder.text
    assert out.getvalue().endswith("anew\n")


def test_an_interrupt_in_a_pipe_is_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def interrupted(*_: object) -> int:
        # to this thread: another one would not end the wait
        signal.raise_signal(signal.SIGINT)
        await asyncio.wait_for(asyncio.Event().wait(), 5)
        return 0

    monkeypatch.setattr(command, "_chat", interrupted)
    # a shell has what it runs in the background ignore interrupts
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert command.main(["--state-dir", str(tmp_path)]) == 130
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_address_is_one_server_with_a_slash_at_its_end_and_without() -> None:
    urls = [
        command._parser().parse_args(["--url", url]).url for url in ("http://h:1/", "http://h:1")
    ]

    assert urls == ["http://h:1", "http://h:1"]
