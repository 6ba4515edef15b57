"""Connections are kept while they are of use, and never mistaken for open ones."""

import asyncio
from collections.abc import Iterator

import pytest
import uvloop

from push.webpush.answers import Answer
from push.webpush.connection import NoAnswer, NotReached
from push.webpush.connections import Connections, NoRoom
from push.webpush.subscription import Subscription, read_subscription
from tests.clocks import FakeClock
from tests.fakes.authority import Authority
from tests.fakes.webpush import service as fake
from tests.fakes.webpush.service import DROP, PushService


@pytest.fixture
def connections(authority: Authority) -> Iterator[Connections]:
    """Connections to the service, two at a time."""
    connections = Connections(authority.client_context(), most=2, room_s=0.05)
    yield connections
    connections.close()


@pytest.fixture
def to(service: PushService) -> Subscription:
    """A subscription at the service."""
    return read_subscription(service.subscribe("a key").address(), (service.place,))


async def _post(connections: Connections, to: Subscription) -> Answer:
    place = await connections.place(to)
    try:
        return await place.connection.post(to, {"ttl": "1"}, b"body", timeout_s=5)
    finally:
        place.leave()


async def test_requests_one_after_another_share_a_connection(
    connections: Connections, service: PushService, to: Subscription
) -> None:
    for _ in range(3):
        assert (await _post(connections, to)).status == 400
    assert (service.connections, len(service.requests)) == (1, 3)
    assert {request.headers["host"] for request in service.requests} == {service.place}


async def test_requests_at_a_time_have_connections_of_their_own(
    connections: Connections, service: PushService, to: Subscription
) -> None:
    await asyncio.gather(*(_post(connections, to) for _ in range(2)))
    assert service.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        fake.Answer(status=201, headers={"connection": "close"}),
        fake.Answer(status=403, body=b"x" * 10_000),
    ],
)
async def test_what_ends_or_says_too_much_is_not_used_again(
    answer: fake.Answer, connections: Connections, service: PushService, to: Subscription
) -> None:
    service.faults.append(answer)
    assert len((await _post(connections, to)).text) <= 4096
    assert (await _post(connections, to)).status == 400
    assert service.connections == 2


async def test_a16_one_that_the_service_closed_in_the_meantime_is_not_taken_for_a_lost_answer(
    connections: Connections, service: PushService, to: Subscription
) -> None:
    place = await connections.place(to)
    kept = place.connection
    await kept.post(to, {}, b"body", timeout_s=5)
    place.leave()
    service.hang_up()
    async with asyncio.timeout(5):
        while kept.is_open:
            await asyncio.sleep(0)
    assert (await _post(connections, to)).status == 400
    assert service.connections == 2


async def test_one_that_failed_is_closed(
    connections: Connections, service: PushService, to: Subscription
) -> None:
    service.faults.append(DROP)
    with pytest.raises(NoAnswer):
        await _post(connections, to)
    assert (await _post(connections, to)).status == 400
    assert service.connections == 2


async def test_who_finds_no_room_is_told_before_anything_is_sent(
    connections: Connections, to: Subscription
) -> None:
    for _ in range(2):
        places = [await connections.place(to) for _ in range(2)]
        with pytest.raises(NoRoom):
            await connections.place(to)
        for place in places:
            place.leave()


def test_the_event_loop_of_servers_has_connections_as_well(authority: Authority) -> None:
    async def story() -> None:
        async with PushService(authority.server_context(), FakeClock()) as service:
            connections = Connections(authority.client_context(), most=2, room_s=1)
            address = service.subscribe("a key").address()
            to = read_subscription(address, (service.place,))
            for _ in range(2):
                assert (await _post(connections, to)).status == 400
            service.faults.append(DROP)
            with pytest.raises(NoAnswer):
                await _post(connections, to)
            assert service.connections == 1
            connections.close()
        with pytest.raises(NotReached):
            await _post(connections, to)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(story())
