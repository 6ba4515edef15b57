"""Devices and settings as people change them, and what becomes of what waits."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from app.pushing.push import Push
from push.devices import Devices, device_id_of
from push.documents import DeviceDocument, NotificationDocument
from push.kinds import Kind
from push.message import PushMessage
from push.outcomes import (
    Accepted,
    Ambiguous,
    Configuration,
    Held,
    Outcome,
    Permanent,
    Temporary,
)
from push.ports import Unasked, Unread
from push.requests import Simple
from push.settings import NotificationSettings
from schemas.devices import RegisterDevice
from sessions.errors import NotFound
from sessions.stores.sqlite import SqliteDocuments
from tests.app.pushing.parts import an_outbox
from tests.clocks import FakeClock
from tests.push.phones import Office, Phones

OUTCOMES: list[tuple[Outcome, str]] = [
    (Accepted(message_id="1"), "accepted"),
    (Ambiguous(reason="timeout"), "ambiguous"),
    (Permanent(reason="unregistered", address="gone"), "refused"),
    (Temporary(reason="internal"), "later"),
    (Held(reason="full", retry_after=timedelta(1), scope="project", lane="p"), "later"),
    (Configuration(reason="denied", scope="project", lane="p"), "not_configured"),
]


class Answering:
    """A sender that keeps what it was given, and answers as it is told."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.sent: list[tuple[DeviceDocument, PushMessage]] = []

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Simple:
        async def take() -> Outcome:
            self.sent.append((device, message))
            return self.outcome

        return Simple(take)

    async def aclose(self) -> None:
        pass


class Talk:
    """Conversations with two unread answers."""

    async def unread(self, _user_id: str) -> Unread:
        return Unread(count=2)


class House:
    """The door with all that stands behind it."""

    def __init__(self, documents: SqliteDocuments, clock: FakeClock) -> None:
        conversations: Any = Talk()
        self.sender = Answering(Accepted())
        self.outbox = an_outbox(documents, clock)
        self.devices = Devices(documents=documents, clock=clock)
        self.push = Push(
            devices=self.devices,
            settings=NotificationSettings(documents=documents, clock=clock),
            outbox=self.outbox,
            conversations=conversations,
            senders={"fcm_token": self.sender},
            clock=clock,
        )

    async def register(
        self, user_id: str = "u1", name: str = "i-1", token: str = "", **fields: Any
    ) -> DeviceDocument:
        new = RegisterDevice(**({"kind": "fcm_token", "platform": "android"} | fields))
        return await self.push.register(user_id, name, new, token or f"token of {name}")

    async def wait(self, kind: Kind = "reply_ready") -> NotificationDocument:
        return await self.outbox.enqueue("u1", kind, "t_1", session_id="s_1")

    async def now(self, row: NotificationDocument) -> tuple[str, str]:
        stored = await self.outbox.get(row.id)
        assert stored is not None
        return stored.state, stored.reason


@pytest.fixture
def house(documents: SqliteDocuments, clock: FakeClock) -> House:
    return House(documents, clock)


async def test_c6_with_the_last_device_all_that_waits_goes(house: House) -> None:
    await house.register()
    await house.register(name="i-2")
    row = await house.wait()
    await house.push.remove("u1", "i-1")
    with_one = await house.now(row)
    await house.push.remove("u1", "i-2")

    assert with_one == ("pending", "")
    assert await house.now(row) == ("cancelled", "no_device")
    assert await house.push.devices("u1") == []


async def test_a_device_of_another_user_does_not_exist(house: House) -> None:
    await house.register()
    with pytest.raises(NotFound):
        await house.push.remove("u2", "i-1")
    with pytest.raises(NotFound):
        await house.push.try_out("u2", "i-1")

    assert [each.installation_id for each in await house.push.devices("u1")] == ["i-1"]
    assert house.sender.sent == []


async def test_c4_a_phone_that_changes_hands_tells_its_first_user_nothing_more(
    house: House,
) -> None:
    await house.register("u1", token="one")
    await house.register("u2", token="one")

    assert await house.push.devices("u1") == []
    assert [each.user_id for each in await house.push.devices("u2")] == ["u2"]


class Interrupted(Phones):
    """Phones whose next request is prepared while somebody does something else."""

    meanwhile_prepared: Callable[[], Awaitable[object]] | None = None

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Simple | Unasked:
        act, self.meanwhile_prepared = self.meanwhile_prepared, None
        if act is not None:
            await act()
        return await super().prepare(device, message)


@pytest.mark.parametrize("ends", ["logout", "another user", "reinstalled by another"])
async def test_c4_c6_nobody_elses_phone_is_told_what_was_prepared_for_it(
    documents: SqliteDocuments, clock: FakeClock, house: House, ends: str
) -> None:
    phones = Interrupted()
    office = Office(documents, clock, sender=phones)
    await house.register(name="i-1", token="one", preview=True)
    await house.register(name="i-2", token="two", preview=True)
    await office.reply(1)

    async def change_hands() -> None:
        match ends:
            case "logout":
                await house.push.remove("u1", "i-1")
            case "another user":
                await house.register("u2", name="i-1", token="one")
            case _:
                await house.register("u2", name="i-3", token="one")

    phones.meanwhile_prepared = change_hands
    await office.work()
    clock.advance(20)
    await office.work()
    assert [each.address for each in phones.requests] == ["two"]


@pytest.mark.parametrize(
    ("kind", "change", "reason"),
    [
        ("reply_ready", {"muted": ("reply_ready",)}, "muted"),
        ("check_in", {"check_ins": False}, "no_consent"),
        ("reminder", {"reminders": False}, "no_consent"),
        ("nudge", {"nudges": False}, "no_consent"),
    ],
)
async def test_g9_an_opt_out_holds_at_once_for_what_waits(
    house: House, kind: Kind, change: dict[str, Any], reason: str
) -> None:
    await house.push.update("u1", check_ins=True, reminders=True, nudges=True)
    row, other = await house.wait(kind), await house.wait("account")
    await house.push.update("u1", **change)

    assert await house.now(row) == ("cancelled", reason)
    assert await house.now(other) == ("pending", "")


@pytest.mark.parametrize("moved", ["settings", "device"])
async def test_g5_another_zone_or_other_quiet_hours_have_what_waits_looked_at_again(
    house: House, clock: FakeClock, moved: str
) -> None:
    await house.register(timezone="Asia/Seoul")
    later = clock.now() + timedelta(hours=9)
    row = await house.outbox.enqueue("u1", "reply_ready", "t_1", due_at=later)
    await house.register(timezone="Asia/Seoul")
    untouched = await house.outbox.get(row.id)
    if moved == "settings":
        await house.push.update("u1", quiet_to=60)
    else:
        await house.register(timezone="Europe/Paris")
    stored = await house.outbox.get(row.id)

    assert untouched is not None
    assert untouched.due_at == later
    assert stored is not None
    assert stored.due_at == clock.now()


@pytest.mark.parametrize(("outcome", "told"), OUTCOMES)
async def test_a_device_is_tried_with_one_request(
    house: House, outcome: Outcome, told: str
) -> None:
    await house.register(locale="ko-KR")
    house.sender.outcome = outcome
    tried = await house.push.try_out("u1", "i-1")

    assert tried.outcome == told
    [(device, message)] = house.sender.sent
    assert device.id == device_id_of("i-1")
    assert message.is_trial
    assert (message.kind, message.badge, message.title) == ("account", 2, "알림이 잘 도착했어요")


@pytest.mark.parametrize(("address", "left"), [("gone", []), ("wrong", []), ("fine", ["i-1"])])
async def test_a2_an_address_that_is_found_dead_when_it_is_tried_is_not_used_again(
    house: House, address: Any, left: list[str]
) -> None:
    await house.register()
    house.sender.outcome = Permanent(reason="refused", address=address)
    await house.push.try_out("u1", "i-1")

    assert [each.installation_id for each in await house.push.devices("u1")] == left
    if not left:
        with pytest.raises(NotFound):
            await house.push.try_out("u1", "i-1")
    assert len(house.sender.sent) == 1


async def test_of_many_devices_those_last_seen_are_kept(house: House, clock: FakeClock) -> None:
    for number in range(23):
        await house.register(name=f"i-{number}")
        clock.advance(60)

    kept = {each.installation_id for each in await house.push.devices("u1")}
    assert kept == {f"i-{number}" for number in range(3, 23)}


async def test_a_device_of_a_kind_that_is_not_set_up_is_not_tried(house: House) -> None:
    await house.register(kind="webpush", platform="web")

    assert (await house.push.try_out("u1", "i-1")).outcome == "not_configured"
