"""Devices on real documents, by the rules of a token's life (C)."""

import asyncio
import json
from datetime import timedelta

import pytest

from push.devices import Devices, is_stale
from push.documents import DEVICES, DeviceDocument
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock


@pytest.fixture
def devices(documents: SqliteDocuments, clock: FakeClock) -> Devices:
    return Devices(documents=documents, clock=clock)


async def put(devices: Devices, user_id: str, installation_id: str, address: str) -> DeviceDocument:
    return await devices.register(
        user_id, installation_id, kind="fcm_token", address=address, platform="android"
    )


async def addresses(devices: Devices, user_id: str) -> list[str]:
    return sorted(device.address for device in await devices.of_user(user_id))


async def test_c1_the_same_registration_again_only_says_that_the_app_was_seen(
    devices: Devices, clock: FakeClock
) -> None:
    first = await put(devices, "u1", "i1", "t1")
    clock.advance(60)
    again = await put(devices, "u1", "i1", "t1")

    assert again.registered_at == first.registered_at
    assert again.seen_at == clock.now()
    assert again.id == first.id


async def test_c2_an_app_not_seen_for_30_days_is_stale(devices: Devices, clock: FakeClock) -> None:
    device = await put(devices, "u1", "i1", "t1")
    assert not is_stale(device, clock.now() + timedelta(days=30))
    assert is_stale(device, clock.now() + timedelta(days=30, seconds=1))


async def test_c3_an_app_not_seen_for_270_days_is_forgotten(
    devices: Devices, documents: SqliteDocuments, clock: FakeClock
) -> None:
    device = await put(devices, "u1", "i1", "t1")
    clock.advance(270 * 86_400 - 1)
    assert await addresses(devices, "u1") == ["t1"]
    clock.advance(1)
    assert await addresses(devices, "u1") == []
    assert await documents.sweep(clock.now()) == 1
    assert await devices.get(device.id) is None


async def test_c4_an_address_moves_to_who_registers_it(devices: Devices) -> None:
    await put(devices, "u1", "i1", "t1")
    await put(devices, "u2", "i2", "t1")
    assert await addresses(devices, "u1") == []
    assert await addresses(devices, "u2") == ["t1"]

    # a shared phone keeps its installation too
    await put(devices, "u3", "i2", "t1")
    assert await addresses(devices, "u2") == []
    assert await addresses(devices, "u3") == ["t1"]


async def test_c4_a_browser_is_its_endpoint_however_the_page_spells_it(devices: Devices) -> None:
    at = "https://fcm.googleapis.com"
    for user, subscription in enumerate(
        (
            {"endpoint": f"{at}/wp/a", "keys": {"auth": "x"}},
            {"keys": {"auth": "x"}, "endpoint": f"{at}:443/wp/a", "applicationServerKey": "k"},
            {"endpoint": f"{at}/wp/a", "expirationTime": None, "keys": {"auth": "y"}},
            {"endpoint": f"{at}/wp/b", "keys": {"auth": "x"}},
        )
    ):
        await devices.register(
            f"u{user}", f"i{user}", kind="webpush", address=json.dumps(subscription), platform="web"
        )
    assert [len(await devices.of_user(f"u{user}")) for user in range(4)] == [0, 0, 1, 1]


async def test_c5_a_new_address_replaces_the_installations_old_one(
    devices: Devices, clock: FakeClock
) -> None:
    await put(devices, "u1", "i1", "t1")
    clock.advance(5)
    rotated = await put(devices, "u1", "i1", "t2")
    assert await addresses(devices, "u1") == ["t2"]
    assert rotated.registered_at == clock.now()


async def test_c6_a_removed_device_leaves_no_trace_of_its_owner(
    devices: Devices, documents: SqliteDocuments, clock: FakeClock
) -> None:
    device = await put(devices, "u1", "i1", "t1")
    assert not await devices.remove("u2", "i1")
    assert await devices.remove("u1", "i1")
    assert not await devices.remove("u1", "i1")

    left = await documents.get(DEVICES, device.id)
    assert left is not None
    assert (left.user_id, left.installation_id, left.address) == ("", "", "")
    assert "t1" not in left.print
    # nor does what is left stay
    assert left.expires_at == clock.now()


async def test_c8_registrations_at_once_leave_one_device_with_one_owner(devices: Devices) -> None:
    await asyncio.gather(*(put(devices, "u1", "i1", "t1") for _ in range(10)))
    assert await addresses(devices, "u1") == ["t1"]

    await asyncio.gather(*(put(devices, f"u{number}", f"i{number}", "t1") for number in range(10)))
    owned = [await addresses(devices, f"u{number}") for number in range(10)]
    assert [address for each in owned for address in each] == ["t1"]


async def test_c9_a_long_address_is_kept_as_it_is(devices: Devices) -> None:
    await put(devices, "u1", "i1", "é" * 4096)
    assert await addresses(devices, "u1") == ["é" * 4096]


async def test_a2_a_dead_token_is_pruned_once(devices: Devices) -> None:
    device = await put(devices, "u1", "i1", "t1")
    assert await devices.prune(device, "gone", reason="UNREGISTERED")
    assert not await devices.prune(device, "gone", reason="UNREGISTERED")
    gone = await devices.get(device.id)
    assert gone is not None
    assert (gone.state, gone.address) == ("gone", "")
    assert await addresses(devices, "u1") == []


async def test_a2_a_registration_that_came_in_between_survives(
    devices: Devices, clock: FakeClock
) -> None:
    device = await put(devices, "u1", "i1", "t1")
    clock.advance(1)
    await put(devices, "u1", "i1", "t2")
    assert not await devices.prune(device, "gone", reason="UNREGISTERED")
    assert await addresses(devices, "u1") == ["t2"]


async def test_a2_a_refusal_of_its_former_owner_leaves_a_phone_that_changed_hands(
    devices: Devices, clock: FakeClock
) -> None:
    device = await put(devices, "u1", "i1", "t1")
    clock.advance(1)
    await put(devices, "u2", "i1", "t1")
    assert not await devices.prune(device, "gone", reason="UNREGISTERED")
    assert await addresses(devices, "u2") == ["t1"]


async def test_a2_who_was_pruned_may_register_the_same_address_anew(
    devices: Devices, clock: FakeClock
) -> None:
    device = await put(devices, "u1", "i1", "t1")
    await devices.prune(device, "gone", reason="UNREGISTERED")
    clock.advance(1)
    await put(devices, "u1", "i1", "t1")
    assert not await devices.prune(device, "gone", reason="UNREGISTERED")
    assert await addresses(devices, "u1") == ["t1"]


async def test_the_zone_is_that_of_the_device_last_seen(devices: Devices, clock: FakeClock) -> None:
    for zone in ("Asia/Seoul", "Europe/Paris", ""):
        clock.advance(1)
        await devices.register(
            "u1", f"i-{zone}", kind="fcm_token", address=f"t-{zone}", platform="ios", timezone=zone
        )
    assert await devices.zone_of("u1") == "Europe/Paris"
    assert await devices.zone_of("u2") == ""
