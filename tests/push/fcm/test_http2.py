import asyncio
from collections.abc import AsyncIterator
from random import Random

import httpx
import pytest

from push.fcm.http2 import Http2Client
from tests.fakes.authority import Authority
from tests.fakes.h2_server import Answer, H2Server, Request, Response


class Service:
    """Answers with the next of `answers`; when there is none, with how a request begins."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.bodies: list[bytes] = []
        self.now = 0
        self.most = 0

    async def handle(self, request: Request) -> Answer:
        """Answer, a little later."""
        self.bodies.append(request.body)
        self.now += 1
        self.most = max(self.now, self.most)
        await asyncio.sleep(0.005)
        self.now -= 1
        return self.answers.pop(0) if self.answers else Response(200, request.body[:9])


@pytest.fixture
def service() -> Service:
    """What answers."""
    return Service()


@pytest.fixture
async def server(service: Service, authority: Authority) -> AsyncIterator[H2Server]:
    """Where it is reached; few requests at a time."""
    tls = authority.server_context("h2")
    async with H2Server(service.handle, tls, most_streams=8) as server:
        yield server


@pytest.fixture
async def client(authority: Authority) -> AsyncIterator[Http2Client]:
    """Who asks."""
    client = Http2Client(authority.client_context(), lambda headers: None)
    yield client
    await client.aclose()


async def post(
    client: Http2Client, url: str, *, content: bytes = b"", timeout: float = 5
) -> httpx.Response:
    """Return what comes of a request."""
    answer = await client.post(url, {}, content, timeout_s=timeout)
    return httpx.Response(answer.status, content=bytes(answer.body))


async def test_many_requests_share_a_connection_and_its_room(
    client: Http2Client, server: H2Server, service: Service
) -> None:
    # together many times what HTTP/2 lets a connection have on its way at first
    bodies = [f"{n}:".encode() + b"x" * 15_000 for n in range(60)]
    answers = await asyncio.gather(*(post(client, server.url, content=body) for body in bodies))
    assert [answer.content for answer in answers] == [body[:9] for body in bodies]
    assert 1 < service.most <= 8
    assert server.connections == 1


async def test_a16_what_was_refused_was_not_taken_up(
    client: Http2Client, server: H2Server, service: Service
) -> None:
    service.answers = ["refuse", "reset"]
    with pytest.raises(httpx.ConnectError):
        await post(client, server.url, content=b"a")
    with pytest.raises(httpx.RemoteProtocolError):
        await post(client, server.url, content=b"b")
    assert (await post(client, server.url, content=b"c")).content == b"c"
    assert server.connections == 1


async def test_a16_a_service_that_goes_away_answers_what_it_took_up(
    client: Http2Client, server: H2Server, service: Service
) -> None:
    await post(client, server.url)
    service.answers = ["leave", "silence", "silence"]
    asked = [post(client, server.url, content=b"x") for _ in range(3)]
    first, *others = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(first, httpx.Response)
    assert first.status_code == 200
    assert [type(each) for each in others] == [httpx.ConnectError] * 2
    assert (await post(client, server.url, content=b"c")).content == b"c"
    assert server.connections == 2


async def test_a16_a_connection_that_ends_loses_all_that_is_on_it_and_the_next_is_new(
    client: Http2Client, server: H2Server, service: Service
) -> None:
    service.answers = ["cut"]
    asked = [post(client, server.url, content=b"x") for _ in range(3)]
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(each) for each in ended} == {httpx.RemoteProtocolError}
    assert len(service.bodies) == 3
    assert (await post(client, server.url)).status_code == 200
    assert server.connections == 2


@pytest.mark.parametrize("seed", range(4))
async def test_a19_whatever_happens_a_request_is_written_once_and_ends(
    client: Http2Client, server: H2Server, service: Service, seed: int
) -> None:
    random = Random(seed)
    faults: list[Answer] = ["cut", "reset", "refuse", "leave"]
    plain = Response(200, b"plain")
    service.answers = [random.choice(faults) if random.random() < 0.2 else plain for _ in range(99)]
    bodies = [f"{n}".encode() for n in range(150)]
    asked = (post(client, server.url, content=body) for body in bodies)
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert len(service.bodies) == len(set(service.bodies))
    for body, end in zip(bodies, ended, strict=True):
        if isinstance(end, httpx.Response):
            assert body in service.bodies
        else:
            assert isinstance(end, httpx.ConnectError | httpx.RemoteProtocolError)
    # and the next one is as any other
    assert (await post(client, server.url, content=b"after")).status_code == 200


async def test_a17_after_silence_the_next_request_has_a_connection_of_its_own(
    client: Http2Client, server: H2Server, service: Service
) -> None:
    service.answers = ["silence"]
    await client.connect(server.url)
    with pytest.raises(httpx.ReadTimeout):
        await post(client, server.url, timeout=0.05)
    assert (await post(client, server.url)).status_code == 200
    assert server.connections == 2


async def test_a_request_that_is_given_up_makes_room(
    client: Http2Client, server: H2Server, service: Service
) -> None:
    service.answers = ["silence"] * 8
    asked = asyncio.gather(*(post(client, server.url) for _ in range(8)))
    while len(service.bodies) < 8:
        await asyncio.sleep(0.001)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert (await post(client, server.url)).status_code == 200
    assert server.connections == 1


async def test_f11_who_is_not_trusted_or_speaks_no_http2_gets_nothing(
    server: H2Server, service: Service, authority: Authority, client: Http2Client
) -> None:
    async with H2Server(service.handle, authority.server_context()) as old:
        with pytest.raises(httpx.ConnectError):
            await post(client, old.url)
    with pytest.raises(httpx.ConnectError):
        await post(client, server.url.replace("127.0.0.1", "127.0.0.2"))
    with pytest.raises(httpx.ConnectError):
        await post(client, "https://127.0.0.1:9")
    assert service.bodies == []


async def test_a17_a_service_that_says_nothing_at_all_is_not_connected(
    authority: Authority, client: Http2Client
) -> None:
    held: list[asyncio.StreamWriter] = []
    tls = authority.server_context("h2")
    async with await asyncio.start_server(
        lambda _, writer: held.append(writer), "127.0.0.1", 0, ssl=tls
    ) as mute:
        port = mute.sockets[0].getsockname()[1]
        with pytest.raises(httpx.ConnectTimeout):
            await post(client, f"https://127.0.0.1:{port}", timeout=0.1)
        for writer in held:
            writer.close()


def test_it_works_on_the_servers_own_loop(service: Service, authority: Authority) -> None:
    async def story() -> None:
        client = Http2Client(authority.client_context(), lambda headers: None)
        tls = authority.server_context("h2")
        async with H2Server(service.handle, tls) as server:
            service.answers = [Response(200, b"a"), "cut"]
            assert (await post(client, server.url)).content == b"a"
            with pytest.raises(httpx.RemoteProtocolError):
                await post(client, server.url)
            assert (await post(client, server.url, content=b"c")).content == b"c"
            await client.aclose()

    uvloop = pytest.importorskip("uvloop")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(story())
