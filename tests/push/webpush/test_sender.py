"""What reaches a browser, and what the worker learns, over real TLS on loopback."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random

import pytest
from msgspec import structs
from structlog.testing import capture_logs

from push.kinds import KINDS, Kind
from push.outcomes import Accepted, Ambiguous, Configuration, Held, Outcome, Permanent, Temporary
from push.requests import send
from push.webpush.keys import VapidKey
from push.webpush.refusals import Refusals
from push.webpush.sender import WebPushSender
from tests.clocks import FakeClock
from tests.fakes.authority import Authority
from tests.fakes.webpush.browser import Browser
from tests.fakes.webpush.service import DROP, LOST, STALL, Answer, PushService
from tests.push.messages import NOW, SUBJECT, a_device, a_message

OURS = ["title", "body", "kind", "id"]
KINDS_TOLD: list[Kind] = ["reply_ready", "reminder", "check_in", "nudge", "safety", "account"]


async def _send(sender: WebPushSender, browser: Browser, **changed: object) -> Outcome:
    return await send(sender, a_device(browser.address()), a_message(**changed))  # type: ignore[arg-type]


@asynccontextmanager
async def _sender(
    service: PushService, authority: Authority, *keys: VapidKey, **options: object
) -> AsyncIterator[WebPushSender]:
    sender = WebPushSender(
        keys,
        **{  # type: ignore[arg-type]
            "subject": SUBJECT,
            "clock": FakeClock(),
            "services": (service.place,),
            "tls": authority.client_context(),
        }
        | options,
    )
    try:
        yield sender
    finally:
        await sender.aclose()


@pytest.mark.parametrize("kind", KINDS_TOLD)
async def test_f1_f2_f4_a_browser_shows_what_was_sent_and_how_urgent_it_is(
    kind: Kind, sender: WebPushSender, service: PushService, key: VapidKey
) -> None:
    browser = service.subscribe(key.public)
    assert await _send(sender, browser, kind=kind) == Accepted(message_id="m1")
    (shown,) = browser.shown
    assert [shown[name] for name in OURS] == ["Mina", "Your answer is ready.", kind, "n_1"]
    (request,) = service.requests
    assert request.headers["urgency"] == KINDS[kind].urgency
    assert request.headers["ttl"] == str(int(KINDS[kind].ttl.total_seconds()))


async def test_f1_the_ttl_is_what_is_left_of_the_messages_use(
    sender: WebPushSender, service: PushService, key: VapidKey, clock: FakeClock
) -> None:
    browser = service.subscribe(key.public)
    clock.advance(3600)
    await _send(sender, browser, ttl=timedelta(hours=3))
    await _send(sender, browser, ttl=timedelta(weeks=10))
    assert [r.headers["ttl"] for r in service.requests] == ["7200", str(4 * 7 * 86_400)]
    assert await _send(sender, browser, ttl=timedelta(hours=1)) == Permanent(reason="expired")
    assert len(service.requests) == 2


async def test_f1_a_browser_that_is_off_gets_it_later_while_it_is_of_use(
    sender: WebPushSender, service: PushService, key: VapidKey, clock: FakeClock
) -> None:
    browser = service.subscribe(key.public)
    browser.online = False
    await _send(sender, browser, ttl=timedelta(hours=1), body="late")
    await _send(sender, browser, ttl=timedelta(hours=3), body="in time")
    clock.advance(2 * 3600)
    service.come_online(browser)
    assert [shown["body"] for shown in browser.shown] == ["in time"]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("check_in", ["b"]),
        ("nudge", ["b"]),
        ("reply_ready", ["a", "b"]),
        ("reminder", ["a", "b"]),
        ("safety", ["a", "b"]),
        ("account", ["a", "b"]),
    ],
)
async def test_f3_a_service_merges_check_ins_and_never_replies(
    kind: Kind, shown: list[str], sender: WebPushSender, service: PushService, key: VapidKey
) -> None:
    browser = service.subscribe(key.public)
    browser.online = False
    for body in ("a", "b"):
        assert isinstance(
            await _send(sender, browser, kind=kind, body=body, tag="s_" + "가" * 40), Accepted
        )
    service.come_online(browser)
    assert [payload["body"] for payload in browser.shown] == shown


async def test_f5_a_subscription_that_ended_is_gone(
    sender: WebPushSender, service: PushService, key: VapidKey
) -> None:
    browser = service.subscribe(key.public)
    browser.gone = True
    assert await _send(sender, browser) == Permanent(reason="gone_410", address="gone")
    stranger = Browser(f"{service.origin}/push/unknown", key.public)
    assert await _send(sender, stranger) == Permanent(reason="gone_404", address="gone")


async def test_f6_long_words_are_cut_to_what_services_take(
    sender: WebPushSender, service: PushService, key: VapidKey
) -> None:
    browser = service.subscribe(key.public)
    assert isinstance(await _send(sender, browser, body="가" * 5000), Accepted)
    assert 4090 <= len(service.requests[0].body) <= 4096
    assert browser.shown[0]["body"].endswith("가…")
    service.faults.append(Answer(status=413))
    assert await _send(sender, browser) == Permanent(reason="too_big")
    assert await _send(sender, browser, link="/" * 5000) == Permanent(reason="too_big")
    assert len(service.requests) == 2


async def test_f7_a_service_that_is_asked_too_often_says_until_when(
    sender: WebPushSender, service: PushService, key: VapidKey
) -> None:
    until = "Mon, 23 Nov 2026 09:02:00 GMT"
    service.faults.append(Answer(status=429, headers={"retry-after": until}))
    assert await _send(sender, service.subscribe(key.public)) == Temporary(
        reason="quota",
        retry_after=timedelta(minutes=2),
        quota=True,
        scope="host",
        lane="localhost",
    )


async def test_f8_a_refused_signature_waits_for_us_and_is_made_anew(
    sender: WebPushSender, service: PushService, key: VapidKey
) -> None:
    browser = service.subscribe(key.public)
    service.faults.append(Answer(status=403, body=b'{"reason":"BadJwtToken"}'))
    assert await _send(sender, browser) == Configuration(
        reason="refused_403:BadJwtToken", scope="device", lane="d1"
    )
    assert isinstance(await _send(sender, browser), Accepted)
    first, second = (request.headers["authorization"] for request in service.requests)
    assert first != second


async def test_f8_a_host_is_stopped_when_it_refuses_two_users_whom_it_took_before(
    sender: WebPushSender, service: PushService, key: VapidKey, clock: FakeClock
) -> None:
    address = service.subscribe(key.public).address()

    async def scope(user_id: str, **changed: object) -> str:
        device = structs.replace(a_device(address, name=f"d-{user_id}"), user_id=user_id)
        message = a_message(created_at=clock.now(), **changed)  # type: ignore[arg-type]
        outcome = await send(sender, device, message)
        return outcome.scope if isinstance(outcome, Configuration) else type(outcome).__name__

    assert [await scope(user_id) for user_id in ("u1", "u2")] == ["Accepted"] * 2
    clock.advance(3600)
    service.faults.extend(Answer(status=401) for _ in range(35))
    # anybody can have a subscription that was made for another key, and accounts for many
    assert {await scope(f"stranger-{number}") for number in range(30)} == {"device"}
    assert [await scope("u1") for _ in range(2)] == ["device"] * 2
    # what a user asks for proves nothing
    assert await scope("u2", is_trial=True) == "device"
    assert [await scope("u2"), await scope("u1"), await scope("u1")] == ["host", "host", "Accepted"]


def test_f8_a_host_that_never_took_a_signature_is_stopped_after_many_users() -> None:
    refusals = Refusals()
    assert not any(refusals.add("h", f"u{number % 19}", f"p{number}") for number in range(100))
    assert refusals.add("h", "u20", "p")
    refusals.taken("h", "q")
    assert not any(refusals.add("h", f"u{number}", f"p{number}") for number in range(100))
    assert not refusals.add("h", "u1", "q")
    assert refusals.add("h", "u2", "q")


def test_f8_what_a_host_refused_is_forgotten_when_it_takes_a_signature() -> None:
    refusals = Refusals()
    assert not any(refusals.add("new", f"u{number}", "p") for number in range(19))
    for address in ("q1", "q2"):
        refusals.taken("h", address)
    assert not refusals.add("h", "u1", "q1")
    refusals.taken("h", "q1")
    assert not refusals.add("h", "u2", "q2")
    assert refusals.add("h", "u1", "q1")


def test_f8_what_is_known_of_hosts_and_addresses_has_an_end() -> None:
    refusals = Refusals()
    refusals.taken("h", "q")
    for number in range(10_000):
        refusals.taken(f"h{number}", f"p{number}")
    assert not any(refusals.add("h", f"u{number}", "q") for number in range(5))


async def test_f8_a_subscription_with_another_key_closes_the_way_to_nobody(
    sender: WebPushSender, service: PushService, key: VapidKey
) -> None:
    others = service.subscribe(VapidKey.made().public)
    assert await _send(sender, others) == Permanent(reason="other_vapid_key", address="wrong")
    browser = service.subscribe(key.public)
    assert isinstance(await _send(sender, browser), Accepted)
    # as Microsoft tells the same: a bare 401, for a signature that it took a moment ago
    service.faults.append(Answer(status=401))
    assert await _send(sender, browser) == Temporary(reason="refused_401")


async def test_f9_a_signature_serves_many_messages_and_is_renewed_in_time(
    sender: WebPushSender, service: PushService, key: VapidKey, clock: FakeClock
) -> None:
    browser = service.subscribe(key.public)
    for _ in range(30):
        assert isinstance(
            await _send(sender, browser, created_at=clock.now(), ttl=timedelta(hours=1)), Accepted
        )
        clock.advance(3600)
    signatures = [request.headers["authorization"] for request in service.requests]
    assert [len(signatures), len(set(signatures))] == [30, 3]
    assert service.connections == 1


async def test_f9_g11_a_signature_of_before_the_clock_was_set_back_is_made_anew(
    sender: WebPushSender, service: PushService, key: VapidKey, clock: FakeClock
) -> None:
    browser = service.subscribe(key.public)
    assert isinstance(await _send(sender, browser), Accepted)
    clock.advance(-20 * 3600)
    refused = await _send(sender, browser, created_at=clock.now())
    assert isinstance(refused, Configuration)
    again = await _send(sender, browser, created_at=clock.now())
    assert isinstance(again, Accepted)


async def test_f11_no_redirect_is_followed(
    sender: WebPushSender, service: PushService, authority: Authority, key: VapidKey
) -> None:
    async with PushService(authority.server_context(), FakeClock()) as elsewhere:
        for status in (301, 302, 303, 307, 308):
            service.faults.append(
                Answer(status=status, headers={"location": f"{elsewhere.origin}/push/0"})
            )
            assert await _send(sender, service.subscribe(key.public)) == Temporary(
                reason=f"status_{status}"
            )
        assert elsewhere.connections == 0


async def test_f11_no_request_goes_to_any_other_place(
    sender: WebPushSender, service: PushService, authority: Authority, key: VapidKey
) -> None:
    async with PushService(authority.server_context(), FakeClock()) as elsewhere:
        outcome = await _send(sender, elsewhere.subscribe(key.public))
        assert outcome == Permanent(reason="bad_subscription", address="wrong")
        assert elsewhere.connections == 0
    for address in ("", "{}", "a-token", "\ud800"):
        outcome = await send(sender, a_device(address), a_message())
        assert outcome == Permanent(reason="bad_subscription", address="wrong")


async def test_f11_a_certificate_that_nobody_vouches_for_is_not_spoken_to(
    service: PushService, authority: Authority, key: VapidKey
) -> None:
    async with _sender(service, authority, key, tls=ssl.create_default_context()) as sender:
        browser = service.subscribe(key.public)
        assert await _send(sender, browser) == Temporary(reason="unreachable")
    assert service.requests == []


async def test_f11_an_answer_without_end_is_not_read_to_its_end(
    sender: WebPushSender, service: PushService, key: VapidKey
) -> None:
    service.faults.append(
        Answer(
            status=403,
            headers={"content-encoding": "gzip"},
            body=b'{"reason":"BadJwtToken"}' + b" " * 20_000_000,
        )
    )
    outcome = await _send(sender, service.subscribe(key.public))
    assert outcome == Configuration(reason="refused_403:BadJwtToken", scope="device", lane="d1")


async def test_f12_nothing_is_sent_that_shows_nothing(
    sender: WebPushSender, service: PushService, key: VapidKey
) -> None:
    outcome = await _send(sender, service.subscribe(key.public), clear=True)
    assert outcome == Permanent(reason="silent")
    assert service.requests == []


async def test_f13_a_browser_that_names_a_former_key_is_sent_to_by_that(
    service: PushService, authority: Authority
) -> None:
    new, old, lost = VapidKey.made(), VapidKey.made(), VapidKey.made()
    async with _sender(service, authority, new, old) as sender:
        outcomes = [
            await send(
                sender, a_device(service.subscribe(key.public).address(says_key=True)), a_message()
            )
            for key in (new, old, lost)
        ]
    assert outcomes == [
        Accepted(message_id="m1"),
        Accepted(message_id="m2"),
        Permanent(reason="other_vapid_key", address="wrong"),
    ]
    assert len(service.requests) == 2


@pytest.mark.parametrize(("fault", "shown"), [(DROP, 0), (LOST, 1)])
async def test_a16_a_lost_answer_is_ambiguous_whether_it_is_shown_or_not(
    fault: object, shown: int, sender: WebPushSender, service: PushService, key: VapidKey
) -> None:
    browser = service.subscribe(key.public)
    service.faults.append(fault)  # type: ignore[arg-type]
    assert await _send(sender, browser) == Ambiguous(reason="no_answer")
    assert len(browser.shown) == shown
    # the client under it tries nothing again by itself
    assert len(service.requests) == 1


WHOLE = (
    b"HTTP/1.1 100 Continue\r\n\r\n"
    b"HTTP/1.1 201 Created\r\nlocation: /m/1\r\ncontent-length: 3\r\n\r\nabc"
)


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [
        (WHOLE, Accepted(message_id="1")),
        # its words are cut off, but not what it decided
        (WHOLE[:-2], Accepted(message_id="1")),
        (b"HTTP/1.1 410 Gone\r\n\r\n", Permanent(reason="gone_410", address="gone")),
        (b"", Ambiguous(reason="no_answer")),
        (b"HTTP/1.1 201 Cre", Ambiguous(reason="no_answer")),
        (b"HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n", Ambiguous(reason="no_answer")),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Ambiguous(reason="no_answer")),
        (b"HTTP/1.1 201 X\r\nx: " + b"y" * 100_000, Ambiguous(reason="no_answer")),
        (b"HTTP/1.1 201 X\r\ncontent-length: -1\r\n\r\n", Ambiguous(reason="no_answer")),
    ],
)
async def test_a15_an_answer_that_is_none_is_no_answer(
    raw: bytes, outcome: Outcome, sender: WebPushSender, service: PushService, key: VapidKey
) -> None:
    service.faults.append(raw)
    assert await _send(sender, service.subscribe(key.public)) == outcome


async def test_a15_no_answer_at_all_makes_a_sender_fail(
    sender: WebPushSender, service: PushService, key: VapidKey
) -> None:
    browser, random = service.subscribe(key.public), Random(7)
    for _ in range(60):
        broken = bytearray(WHOLE)
        for _ in range(random.randint(1, 4)):
            at = random.randrange(len(broken))
            broken[at : at + random.randint(0, 3)] = random.randbytes(random.randint(0, 3))
        service.faults.append(bytes(broken))
        outcome = await _send(sender, browser)
        assert isinstance(outcome, Accepted | Ambiguous | Configuration | Permanent | Temporary)
    assert len(service.requests) == 60
    assert isinstance(await _send(sender, browser), Accepted)


async def test_a16_a_service_that_never_answers_is_given_up(
    service: PushService, authority: Authority, key: VapidKey
) -> None:
    service.faults.append(STALL)
    async with _sender(service, authority, key, timeout_s=0.1) as sender:
        outcome = await _send(sender, service.subscribe(key.public))
    assert outcome == Ambiguous(reason="no_answer")


async def test_a17_a_request_has_more_than_10_seconds() -> None:
    defaults = WebPushSender.__init__.__kwdefaults__ or {}
    assert defaults["timeout_s"] >= 10


async def test_a16_a_service_that_is_not_there_was_sent_nothing(
    authority: Authority, key: VapidKey
) -> None:
    async with PushService(authority.server_context(), FakeClock()) as service:
        browser = service.subscribe(key.public)
    async with _sender(service, authority, key) as sender:
        assert await _send(sender, browser) == Temporary(reason="unreachable")


async def test_a19_each_send_is_one_request_whatever_the_answer(
    sender: WebPushSender, service: PushService, key: VapidKey
) -> None:
    browser = service.subscribe(key.public)
    statuses = [500, 503, 429, 408, 502, 504, 401, 201]
    service.faults.extend(Answer(status=status) for status in statuses)
    for _ in statuses:
        await _send(sender, browser)
    assert len(service.requests) == len(statuses)


async def test_a_service_that_hangs_keeps_no_other_waiting(
    service: PushService, authority: Authority, key: VapidKey
) -> None:
    async with PushService(authority.server_context(), FakeClock()) as other:
        services = (service.place, other.place)
        few = {"concurrency": 2, "room_s": 0.05}
        async with _sender(service, authority, key, services=services, **few) as sender:
            service.faults.extend([STALL, STALL])
            hanging = [
                asyncio.create_task(_send(sender, service.subscribe(key.public))) for _ in range(5)
            ]
            assert isinstance(await _send(sender, other.subscribe(key.public)), Accepted)
            await _until(lambda: len(service.requests) == 2)
            held = await _send(sender, service.subscribe(key.public))
            assert held == Held(
                reason="full", retry_after=timedelta(seconds=5), scope="host", lane="localhost"
            )
            for task in hanging:
                task.cancel()
            ended = await asyncio.gather(*hanging, return_exceptions=True)
    assert [type(result) for result in ended] == [asyncio.CancelledError] * 2 + [Held] * 3
    assert len(service.requests) == 2


async def test_c7_neither_address_nor_words_nor_keys_reach_the_log(
    sender: WebPushSender, service: PushService, key: VapidKey
) -> None:
    browser = service.subscribe(key.public)
    with capture_logs() as lines:
        service.faults.append(Answer(status=403, body=browser.endpoint.encode()))
        outcome = await _send(sender, browser, body="some words")
    assert lines == [
        {
            "event": "web_push_refused",
            "log_level": "error",
            "host": "localhost",
            "reason": "refused_403",
        }
    ]
    assert browser.endpoint not in repr(outcome)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0)


def test_the_fakes_clock_is_at_the_time_of_the_messages() -> None:
    assert FakeClock().now() == NOW
