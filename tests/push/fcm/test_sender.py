"""A sender against FCM on loopback."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from push.fcm.channel import Channel
from push.fcm.credential import Bearer
from push.fcm.sender import FcmSender
from push.lanes import Lanes
from push.outcomes import Accepted, Ambiguous, Held, Permanent, Temporary
from push.requests import send
from push.worker.worker import Worker
from tests.clocks import FakeClock
from tests.fakes.authority import Authority
from tests.fakes.fcm.replies import plain, refused
from tests.fakes.fcm.service import FakeFcm
from tests.fakes.h2_server import Response
from tests.push.fcm.credentials import TestCredential
from tests.push.fcm.notifications import NOW, PROJECT, device, notification


async def test_a1_what_is_accepted_has_an_id_and_the_phone_shows_it(
    sender: FcmSender, fcm: FakeFcm
) -> None:
    phone, iphone = fcm.phone("token-a"), fcm.phone("token-i", is_apple=True)
    outcome = await send(sender, device(), notification())
    assert outcome == Accepted(message_id=f"projects/{PROJECT}/messages/1")
    await send(sender, device("token-i", platform="ios"), notification())
    for each in (phone, iphone):
        assert each.shown["s1"].body == "Your answer is here"
        assert each.badge == 2
    headers = fcm.headers[0]
    assert headers["authorization"] == "Bearer good-token"
    assert "fire-admin" in headers["x-goog-api-client"]
    assert fcm.connections == 1


async def test_g3_d5_what_was_read_elsewhere_goes_from_the_screen(
    sender: FcmSender, fcm: FakeFcm
) -> None:
    phone = fcm.phone("token-a")
    await send(sender, device(), notification(number=7))
    await send(sender, device(), notification(number=8, body="Another"))
    assert phone.shown["s1"].body == "Another"
    # it was overtaken
    await send(sender, device(), notification(number=7))
    assert phone.shown["s1"].body == "Another"
    await send(sender, device(), notification(number=8, clear=True, badge=0))
    assert phone.shown == {}
    assert phone.badge == 0


async def test_d3_a_phone_out_of_reach_gets_the_last_one_while_it_lives(
    sender: FcmSender, fcm: FakeFcm
) -> None:
    iphone = fcm.phone("token-i", is_apple=True)
    apple = device("token-i", platform="ios")
    for wait in (timedelta(minutes=59), timedelta(minutes=61)):
        iphone.is_offline = True
        iphone.shown.clear()
        for tag in ("s1", "s2"):
            await send(sender, apple, notification(tag=tag, thread=tag))
        iphone.reconnect(NOW + wait)
        assert list(iphone.shown) == (["s2"] if wait < timedelta(hours=1) else [])


async def test_a2_a4_dead_and_foreign_addresses_are_told_apart(
    sender: FcmSender, fcm: FakeFcm
) -> None:
    fcm.gone.add("token-a")
    fcm.foreign.add("token-b")
    assert await send(sender, device(), notification()) == Permanent(
        reason="unregistered", address="gone"
    )
    assert await send(sender, device("token-b"), notification()) == Permanent(
        reason="sender_id_mismatch", address="wrong"
    )


async def test_a6_an_invalid_address_is_given_up_when_its_message_was_taken_elsewhere(
    sender: FcmSender, fcm: FakeFcm
) -> None:
    fcm.phone("token-b")
    fcm.phone("token-i", is_apple=True)
    invalid = Permanent(reason="invalid_token")
    assert await send(sender, device(), notification()) == invalid
    # another message, and another platform, prove nothing
    await send(sender, device("token-b"), notification(notification_id="n2"))
    await send(sender, device("token-i", platform="ios"), notification())
    assert await send(sender, device(), notification()) == invalid
    await send(sender, device("token-b"), notification())
    assert await send(sender, device(), notification()) == Permanent(
        reason="invalid_token", address="gone"
    )


RETRIED = [
    refused(500, "INTERNAL"),
    refused(503, "UNAVAILABLE", retry_after="1"),
    refused(429, "QUOTA_EXCEEDED", retry_after="1"),
    plain(502, "<html>"),
    refused(401, "THIRD_PARTY_AUTH_ERROR"),
    refused(401),
    "cut",
    "reset",
    "lost",
]


@pytest.mark.parametrize("fault", RETRIED)
async def test_a19_b10_a_send_is_one_post_of_one_message(
    sender: FcmSender, fcm: FakeFcm, fault: Any
) -> None:
    fcm.phone("token-a")
    fcm.order(fault)
    await send(sender, device(), notification())
    assert len(fcm.posts) == 1
    await send(sender, device(), notification())
    assert len(fcm.posts) == 2


@pytest.mark.parametrize("fault", ["cut", "reset", "lost"])
async def test_a16_a_connection_lost_after_the_post_is_ambiguous(
    sender: FcmSender, fcm: FakeFcm, fault: str
) -> None:
    phone = fcm.phone("token-a")
    fcm.order(fault)
    assert await send(sender, device(), notification()) == Ambiguous(reason="dropped")
    # a second copy takes the place of the first
    assert isinstance(await send(sender, device(), notification()), Accepted)
    assert list(phone.shown) == ["s1"]


async def test_a16_a17_silence_is_ambiguous_after_the_deadline(
    fcm: FakeFcm, authority: Authority, clock: FakeClock, credential: TestCredential
) -> None:
    bearer = Bearer(credential, clock, project=PROJECT)
    for timeouts in ({"timeout_s": 0.05}, {"deadline_s": 0.05}):
        channel = Channel(
            bearer, project=PROJECT, url=fcm.url, tls=authority.client_context(), **timeouts
        )
        sender = FcmSender(channel, bearer, project=PROJECT, clock=clock)
        fcm.order("silence")
        assert await send(sender, device(), notification()) == Ambiguous(reason="timeout")
        await sender.aclose()


def test_a17_fcm_has_time_for_its_own_deadline() -> None:
    defaults = Channel.__init__.__kwdefaults__ or {}
    assert 10 <= defaults["timeout_s"] <= defaults["deadline_s"]


async def test_a16_nothing_is_ambiguous_where_nothing_was_connected(
    fcm: FakeFcm,
    authority: Authority,
    clock: FakeClock,
    credential: TestCredential,
    tmp_path: Path,
) -> None:
    stranger = Authority(tmp_path).client_context()
    bearer = Bearer(credential, clock, project=PROJECT)
    for url, tls in (("https://127.0.0.1:9", authority.client_context()), (fcm.url, stranger)):
        channel = Channel(bearer, project=PROJECT, url=url, tls=tls)
        sender = FcmSender(channel, bearer, project=PROJECT, clock=clock)
        assert await send(sender, device(), notification()) == Temporary(reason="unconnected")
        await sender.aclose()
    assert fcm.posts == []


ODD = [
    Response(200, b"<html>welcome to the hotel</html>"),
    Response(200, b"[]"),
    Response(200, b'{"name": 3}'),
    Response(200, b"{}"),
    Response(204),
]


@pytest.mark.parametrize("answer", ODD)
async def test_a15_a_success_that_nobody_can_read_is_ambiguous(
    sender: FcmSender, fcm: FakeFcm, answer: Response
) -> None:
    fcm.order(answer)
    assert await send(sender, device(), notification()) == Ambiguous(reason="unreadable")


@pytest.mark.parametrize(
    "body",
    [b'{"error":"text"}', b"\xff\xfe", b'{"error":{"details":["x"]}}', b'{"error":{"details":3}}'],
)
async def test_a15_what_the_library_chokes_on_is_read_all_the_same(
    sender: FcmSender, fcm: FakeFcm, body: bytes
) -> None:
    fcm.order(Response(502, body, {"retry-after": "20"}), Response(400, body))
    assert await send(sender, device(), notification()) == Temporary(
        reason="status_502", retry_after=timedelta(seconds=20)
    )
    assert await send(sender, device(), notification()) == Temporary(reason="unknown")


async def test_a15_c7_an_unknown_answer_is_logged_without_what_was_sent(
    sender: FcmSender, fcm: FakeFcm
) -> None:
    echo = "teapot refuses Ada: secret plan ünï, token-a " + "k" * 40
    fcm.order(Response(418, echo.encode()))
    with structlog.testing.capture_logs() as logs:
        await send(sender, device(), notification(title="Ada", body="secret plan ünï"))
    assert logs == [
        {
            "event": "push_unknown",
            "log_level": "warning",
            "status": 418,
            "body": "teapot refuses …: … … …, …-… …",
        }
    ]


async def test_c7_a_body_that_is_cut_in_a_word_tells_nothing_of_that(
    sender: FcmSender, fcm: FakeFcm
) -> None:
    fcm.order(Response(418, b"x " * 245 + "비밀이야기와시험".encode()))
    with structlog.testing.capture_logs() as logs:
        await send(sender, device(), notification(body="비밀이야기와시험"))
    assert logs[0]["body"] == "x " * 245 + "…"


async def test_b7_what_cannot_be_sent_is_not(sender: FcmSender, fcm: FakeFcm) -> None:
    outcome = await send(sender, device(), notification(title="x" * 5000))
    assert outcome == Permanent(reason="unsendable: payload")
    assert fcm.posts == []


async def test_b4_a_device_that_gets_too_much_slows_itself_alone(
    sender: FcmSender, fcm: FakeFcm
) -> None:
    fcm.phone("token-a")
    fcm.phone("token-b")
    fcm.device_a_minute = 5
    outcomes = [await send(sender, device(), notification()) for _ in range(6)]
    assert all(isinstance(each, Accepted) for each in outcomes[:5])
    assert outcomes[5] == Temporary(
        reason="device_quota", quota=True, scope="device", lane=device().id
    )
    assert isinstance(await send(sender, device("token-b"), notification()), Accepted)


async def test_no_more_requests_are_on_their_way_than_there_is_room_for(
    sender: FcmSender, fcm: FakeFcm
) -> None:
    fcm.delay_s = 0.01
    for n in range(120):
        fcm.phone(f"token-{n}")
    sends = [send(sender, device(f"token-{n}"), notification()) for n in range(120)]
    outcomes = await asyncio.gather(*sends)
    assert all(isinstance(each, Accepted) for each in outcomes)
    assert fcm.in_flight_most <= 50
    assert len(fcm.posts) == 120


async def test_a16_what_finds_no_room_was_not_sent_and_is_not_in_doubt(
    fcm: FakeFcm, authority: Authority, clock: FakeClock, credential: TestCredential
) -> None:
    bearer = Bearer(credential, clock, project=PROJECT)
    channel = Channel(bearer, project=PROJECT, url=fcm.url, tls=authority.client_context())
    sender = FcmSender(channel, bearer, project=PROJECT, clock=clock, concurrency=1, room_s=0.01)
    fcm.phone("token-b")
    fcm.order("silence")
    hanging = asyncio.create_task(send(sender, device(), notification()))
    await fcm.until(1)
    assert await send(sender, device("token-b"), notification()) == Held(
        reason="full", retry_after=timedelta(seconds=5), scope="project", lane=PROJECT
    )
    assert len(fcm.posts) == 1
    hanging.cancel()
    await asyncio.wait([hanging])
    assert isinstance(await send(sender, device("token-b"), notification()), Accepted)
    await sender.aclose()


def test_a16_a_worker_waits_for_a_slot_room_and_an_answer() -> None:
    lanes, bearer, sender, channel, worker = (
        each.__init__.__kwdefaults__ or {} for each in (Lanes, Bearer, FcmSender, Channel, Worker)
    )
    begin_s = (worker["lease_s"] - worker["send_s"]) / 2
    waits = lanes["patience_s"] + bearer["patience_s"] + channel["connect_s"] + sender["room_s"]
    assert waits <= begin_s
    assert channel["deadline_s"] < worker["send_s"]


async def test_g12_the_suite_looks_up_no_host_but_its_own(
    authority: Authority, clock: FakeClock, credential: TestCredential, looked_up: list[str]
) -> None:
    bearer = Bearer(credential, clock, project=PROJECT)
    channel = Channel(bearer, project=PROJECT, tls=authority.client_context())
    sender = FcmSender(channel, bearer, project=PROJECT, clock=clock)
    assert await send(sender, device(), notification()) == Temporary(reason="unconnected")
    assert looked_up == ["fcm.googleapis.com"]
    looked_up.clear()
    await sender.aclose()
