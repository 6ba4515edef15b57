"""From the outbox to what a browser shows, with all parts as they are."""

import json
from typing import Any, cast

import pytest

from push.webpush.keys import VapidKey
from push.webpush.sender import WebPushSender
from sessions.stores.documents import Documents
from tests.clocks import FakeClock
from tests.fakes.webpush.service import LOST, Answer, PushService
from tests.push.phones import Office


@pytest.fixture
def office(documents: Documents, clock: FakeClock, sender: WebPushSender) -> Office:
    """All parts of push, whose worker sends to browsers."""
    office = Office(documents, clock)
    office.worker = office.hire(cast("Any", sender))
    return office


async def test_a_reply_is_shown_once_in_every_browser_and_ended_ones_are_forgotten(
    office: Office, service: PushService, key: VapidKey
) -> None:
    browsers = [service.subscribe(key.public) for _ in range(3)]
    for number, browser in enumerate(browsers):
        await office.phone(number, kind="webpush", platform="web", address=browser.address())
    browsers[1].gone = True
    row = await office.reply(1)
    await office.work()

    assert [len(browser.shown) for browser in browsers] == [1, 0, 1]
    assert browsers[0].shown[0]["body"] == "reply 1"
    assert browsers[0].shown[0]["id"] == row.id
    assert {each.state for each in (await office.row(row)).deliveries} == {"accepted", "gone"}
    assert len(await office.devices.of_user("u1")) == 2

    await office.reply(2, "s2")
    await office.work()
    assert [len(browser.shown) for browser in browsers] == [2, 0, 2]


async def test_a16_after_a_lost_answer_the_second_copy_takes_the_place_of_the_first(
    office: Office, service: PushService, key: VapidKey, clock: FakeClock
) -> None:
    browser = service.subscribe(key.public)
    await office.phone(kind="webpush", platform="web", address=browser.address())
    service.faults.extend([LOST, LOST, LOST])
    await office.reply(1)
    for _ in range(10):
        await office.work()
        clock.advance(60)

    assert len(browser.shown) == len(service.requests) == 2
    first, second = browser.shown
    assert (first["tag"], first["id"]) == (second["tag"], second["id"])


async def test_f8_what_waits_for_our_signature_is_sent_when_that_is_put_right(
    office: Office, service: PushService, key: VapidKey, clock: FakeClock
) -> None:
    browser = service.subscribe(key.public)
    await office.phone(kind="webpush", platform="web", address=browser.address())
    refused = Answer(status=403, body=json.dumps({"reason": "BadJwtToken"}).encode())
    service.faults.extend([refused, refused])
    await office.reply(1)
    for _ in range(10):
        await office.work()
        clock.advance(300)

    assert len(browser.shown) == 1
    assert len(service.requests) == 3
    assert len(await office.devices.of_user("u1")) == 1
