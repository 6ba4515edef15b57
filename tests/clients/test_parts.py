"""The client's small parts: tokens, the queue on disk, timing and line breaks."""

import asyncio
import os
import stat
from pathlib import Path
from random import Random

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ion_client import Device, FileTokens, IonClientError, Tokens, Unreachable
from ion_client.auth import AccountTokens, AskedToken, MemoryTokens
from ion_client.chat.state import ChatState, default_directory
from ion_client.chat.wrap import Wrap
from ion_client.http import Http
from ion_client.outbox import Entry, Outbox, pending
from ion_client.timing import Backoff, Liveness, SystemClock, Trips

from tests.clients.fake_server import running_fake_server
from tests.clients.times import TestClock


def tokens(number: int, expires_at: float = 1e12) -> Tokens:
    return Tokens(
        user_id="u",
        access_token=f"token-{number}",
        refresh_token=f"refresh-{number}",
        expires_at=expires_at,
    )


def test_tokens_in_a_file_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "tokens.json"
    store = FileTokens(path)
    assert store.load() is None
    store.save(tokens(1))
    store.save(tokens(2))
    assert store.load() == FileTokens(str(path)).load() == tokens(2)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.write_text("{")
    assert store.load() is None


async def test_a_renewal_by_another_program_is_taken_over() -> None:
    store = MemoryTokens(tokens(7))
    async with running_fake_server() as server:
        http = Http(server.url)
        account = AccountTokens(http, store, SystemClock())
        assert await account.token() == "token-7"
        store.save(tokens(8))
        await account.renew("token-7")
        assert await account.token() == "token-8"
        assert server.http_calls == []
        await account.renew("token-7")
        assert await account.token() == "token-8"
        await http.aclose()


@pytest.mark.parametrize(
    ("held", "waited"), [(True, [3.0, 10.0]), (False, [10.0])], ids=["renewal", "new account"]
)
async def test_what_hangs_is_asked_anew_soon_once_unless_it_makes_an_account(
    held: bool, waited: list[float]
) -> None:
    given: list[float] = []

    def hanging(request: httpx.Request) -> httpx.Response:
        given.append(request.extensions["timeout"]["read"])
        raise httpx.ReadTimeout("", request=request)

    http = Http("http://ion", deadline_s=10.0)
    http._client = httpx.AsyncClient(
        base_url="http://ion", transport=httpx.MockTransport(hanging), timeout=10.0
    )
    store = MemoryTokens(tokens(1, 0) if held else None)
    with pytest.raises(Unreachable):
        await AccountTokens(http, store, SystemClock()).token()
    await http.aclose()
    assert given == waited


async def test_tokens_that_cannot_be_kept_are_used_and_kept_as_soon_as_there_is_room(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Full(FileTokens):
        full = True

        def save(self, tokens: Tokens) -> None:
            if self.full:
                raise OSError(28, "No space left on device")
            super().save(tokens)

    store = Full(tmp_path / "tokens.json")
    FileTokens(tmp_path / "tokens.json").save(tokens(9, 0))
    async with running_fake_server() as server:
        http = Http(server.url)
        account = AccountTokens(http, store, SystemClock())
        assert await account.token() == "token-1"
        await account.renew("token-1")
        assert await account.token() == "token-2"
        assert caplog.text.count("No space left") == 1
        store.full = False
        assert await account.token() == "token-2"
        kept = store.load()
        assert kept is not None
        assert kept.refresh_token == "refresh-2"
        await http.aclose()


async def test_a_refresh_that_is_refused_is_final() -> None:
    async with running_fake_server() as server:
        server.refuse_refresh = True
        http = Http(server.url)
        account = AccountTokens(http, MemoryTokens(tokens(1)), TestClock())
        await account.token()
        with pytest.raises(IonClientError, match="unauthenticated"):
            await account.renew("token-1")
        with pytest.raises(IonClientError, match="no tokens"):
            await AccountTokens(http, MemoryTokens(), TestClock()).renew("x")
        await http.aclose()


async def test_a_function_is_asked_again_only_for_the_token_that_was_refused() -> None:
    given_out = iter(["a", "b", "c"])

    async def ask() -> str:
        return next(given_out)

    asked = AskedToken(ask)
    assert await asked.token() == "a"
    await asked.renew("a")
    await asked.renew("a")
    assert await asked.token() == "b"


def entry(number: int, key: str = "k", session_id: str | None = None) -> Entry:
    return Entry(client_msg_id=f"c{number}", key=key, text=f"text {number}", session_id=session_id)


def test_the_queue_keeps_what_is_not_done_in_order(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "queue"
    queue = Outbox(path)
    for number in range(3):
        queue.add(entry(number))
    queue.add(entry(3, key="other", session_id="s9"))
    queue.done("c0", key="k", session_id="s1")
    queue.done("c1", key="k", session_id=None)
    queue.done("unknown", key="k", session_id=None)
    queue.close()
    with path.open("ab") as file:
        file.write(b'{"type":"add","client_msg_id":"torn')

    again = Outbox(path)
    assert [(each.client_msg_id, each.session_id) for each in again.entries] == [
        ("c2", "s1"),
        ("c3", "s9"),
    ]
    again.add(entry(4))
    again.close()
    third = Outbox(path)
    assert [each.client_msg_id for each in third.entries] == ["c2", "c3", "c4"]
    for each in third.entries:
        third.done(each.client_msg_id, key=each.key, session_id=None)
    third.close()
    assert path.read_bytes() == b""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_queue_on_a_full_disk_loses_nothing_that_is_kept_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "queue"
    queue = Outbox(path)
    queue.add(entry(0))
    queue.add(entry(1))
    with monkeypatch.context() as disk:
        room = iter([20])

        def write(fd: int, data: bytes) -> int:
            if (left := next(room, 0)) == 0:
                raise OSError(28, "No space left on device")
            return os.writev(fd, [data[:left]])

        disk.setattr(os, "write", write)
        with pytest.raises(OSError, match="No space left"):
            queue.add(entry(2))
        queue.refused("c1", "text_too_long")
        queue.done("c0", key="k", session_id="s1")
    queue.add(entry(3))
    queue.close()

    again = Outbox(path)
    assert [each.client_msg_id for each in again.entries] == ["c0", "c1", "c3"]
    again.close()


def test_what_was_refused_stays_in_the_queue_until_its_user_decides(tmp_path: Path) -> None:
    path = tmp_path / "queue"
    queue = Outbox(path)
    for number in range(3):
        queue.add(entry(number))
        queue.refused(f"c{number}", "text_too_long")
    queue.refused("c1", "")
    queue.done("c2", key="k", session_id=None)
    queue.refused("c2", "gone")
    queue.close()

    again = Outbox(path)
    assert [(each.client_msg_id, each.error) for each in again.entries] == [
        ("c0", "text_too_long"),
        ("c1", ""),
    ]
    again.close()


def test_a_queue_is_for_one_program_at_a_time(tmp_path: Path) -> None:
    queue = Outbox(tmp_path / "queue")
    with pytest.raises(IonClientError, match="busy"):
        Outbox(tmp_path / "queue")
    queue.close()
    Outbox(tmp_path / "queue").close()


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_any_bytes_make_a_queue(lines: list[bytes]) -> None:
    assert all(isinstance(each, Entry) for each in pending(lines))


def test_waits_are_jittered_in_full_and_capped() -> None:
    backoff = Backoff(Random(1))
    waits = [backoff.next() for _ in range(200)]
    assert waits[0] <= 0.2
    assert max(waits) <= 10
    assert min(waits[10:]) < 1 < 9 < max(waits)
    backoff.reset()
    assert backoff.next() <= 0.2
    backoff.penalise()
    assert Backoff(Random(1)).next() < 0.2


def test_silence_is_asked_and_then_given_up() -> None:
    liveness = Liveness(0.0)
    assert liveness.step(19.9) is None
    assert liveness.due() == 20
    assert liveness.step(20) == "ping"
    assert liveness.due() == 28
    assert liveness.step(27.9) is None
    assert liveness.step(28) == "dead"
    liveness.heard(30)
    assert liveness.due() == 50


def test_a_probe_asks_at_once_and_waits_no_longer_than_it_says() -> None:
    liveness = Liveness(0.0)
    liveness.probe(11, 1.5)
    assert liveness.step(11) == "ping"
    assert liveness.step(12.4) is None
    assert liveness.step(12.5) == "dead"
    liveness.heard(13)
    assert liveness.step(33) == "ping"
    liveness.probe(34, 2)
    assert liveness.due() == 36


def test_an_answer_is_late_a_second_after_it_was_due_and_one_late_answer_says_little() -> None:
    trips = Trips()
    assert (trips.late_s, trips.open_s) == (1.5, 3)
    trips.took(5)
    assert trips.late_s == 2.05
    trips.took(5)
    trips.took(5)
    assert trips.late_s == 3
    trips.took(0.01)
    trips.took(0.9)
    assert trips.late_s == pytest.approx(1.07)
    assert trips.open_s == pytest.approx(1.28)


async def test_the_systems_clock_waits_for_an_event_or_for_time() -> None:
    clock, event = SystemClock(), asyncio.Event()
    before = clock.monotonic()
    await clock.wait(event, 0.01)
    assert 0.01 <= clock.monotonic() - before < 1
    event.set()
    await clock.wait(event, None)
    assert clock.wall() > 1.7e9


def _words(styled: list[tuple[str, str]]) -> str:
    return "".join(text for text, _ in styled)


@given(st.text(alphabet="ab \n가", max_size=80), st.integers(4, 20), st.data())
def test_lines_break_between_words_however_the_text_comes(
    text: str, width: int, data: st.DataObject
) -> None:
    whole = Wrap(width)
    expected = _words([*whole.feed(text), *whole.flush()])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    wrap, shown = Wrap(width), ""
    for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        shown += _words(wrap.feed(text[begin:end]))
    shown += _words(wrap.flush())

    assert shown == expected
    assert shown.split() == text.split()


def test_a_word_that_does_not_fit_goes_to_the_next_line() -> None:
    wrap = Wrap(10, column=4)
    assert _words([*wrap.feed("hello you "), *wrap.flush()]) == "hello\nyou"
    assert _words([*wrap.feed("\nab"), *wrap.flush()]) == "\nab"


def test_the_chat_keeps_servers_apart_and_remembers(tmp_path: Path) -> None:
    state = ChatState(tmp_path, "http://one:1")
    state.remember("s1")
    state.remember("s1")
    state.tokens.save(tokens(1))
    again = ChatState(tmp_path, "http://one:1")
    device = again.device(locale="ko-KR", timezone="Asia/Seoul")
    assert again.session_id == "s1"
    assert isinstance(device, Device)
    assert device == state.device(locale="ko-KR", timezone="Asia/Seoul")
    assert ChatState(tmp_path, "http://two:1").session_id is None
    again.forget_account()
    again.forget_account()
    assert ChatState(tmp_path, "http://one:1").session_id is None
    assert again.tokens.load() is None
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}


def test_the_chats_directory_is_where_the_desktop_says() -> None:
    assert default_directory("/conf", Path("/home/me")) == Path("/conf/ion")
    assert default_directory(None, Path("/home/me")) == Path("/home/me/.config/ion")
