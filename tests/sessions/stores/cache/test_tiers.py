"""Two tiers over a shared one in memory, with time that stands still."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from msgspec import Struct

from sessions.errors import CacheUnavailable, Overloaded, ProviderUnavailable
from sessions.stores.cache import Cache, Fetched, Hit, Kind, cache_key
from tests.caches import MemoryCache
from tests.clocks import FakeClock

SECRET = b"shared by all processes"


class Answer(Struct, frozen=True):
    """What is cached here."""

    text: str


class SlowAnswers(MemoryCache):
    """What generations it tells was so when it was asked, and arrives when the gate opens."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.answering = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def generations(self, tags: tuple[str, ...]) -> tuple[bytes, ...]:
        """Return generations, late; see CacheStore."""
        found = await super().generations(tags)
        self.answering += 1
        await self.gate.wait()
        return found


class House:
    """Two processes over one shared tier, and a `make` that counts."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = SlowAnswers(self.clock)
        self.one, self.two = self.process(), self.process()
        self.made = 0

    def process(self, *, most: int = 1500, secret: bytes = SECRET) -> Cache:
        return Cache(self.store, clock=self.clock, secret=secret, most=most)

    async def make(self) -> Answer:
        self.made += 1
        return Answer(f"made {self.made}")

    async def ask(
        self,
        cache: Cache,
        name: str = "k",
        *,
        make: Callable[[], Awaitable[Answer]] | None = None,
        tags: tuple[str, ...] = (),
    ) -> Fetched[Answer]:
        key = cache_key(Kind.ANSWERS, name=name)
        return await cache.fetch(Kind.ANSWERS, key, make or self.make, type=Answer, tags=tags)

    async def hits(self, *caches: Cache) -> list[Hit]:
        return [(await self.ask(cache)).hit for cache in caches]


@pytest.fixture
def house() -> House:
    return House()


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0)


async def test_a_value_is_made_once_and_then_served_by_either_tier(house: House) -> None:
    assert await house.hits(house.one, house.one, house.two, house.two) == [None, "l1", "l2", "l1"]
    assert house.made == 1


async def test_l1_forgets_after_45_seconds_and_l2_after_ten_minutes(house: House) -> None:
    await house.ask(house.one)
    house.clock.advance(44.9)
    assert await house.hits(house.one) == ["l1"]
    house.clock.advance(0.2)
    assert await house.hits(house.one) == ["l2"]
    house.clock.advance(600)
    assert await house.hits(house.one) == [None]


async def test_the_value_unused_for_longest_makes_room(house: House) -> None:
    small = house.process(most=2)
    for name in ("a", "b", "a", "c"):
        await house.ask(small, name)

    assert [(await house.ask(small, name)).hit for name in ("a", "c", "b")] == ["l1", "l1", "l2"]
    assert small.stats().l1.evictions == 2
    assert small.stats().entries == 2


async def test_expiry_is_no_eviction(house: House) -> None:
    small = house.process(most=2)
    for name in ("a", "b"):
        await house.ask(small, name)
    house.clock.advance(60)
    for name in ("c", "d"):
        await house.ask(small, name)

    assert small.stats().l1.evictions == 0
    assert small.stats().entries == 2


async def test_many_who_ask_at_once_wait_for_one_make(house: House) -> None:
    go_on = asyncio.Event()

    async def slow() -> Answer:
        await go_on.wait()
        return await house.make()

    asking = [asyncio.ensure_future(house.ask(house.one, make=slow)) for _ in range(20)]
    await asyncio.sleep(0)
    go_on.set()
    answers = await asyncio.gather(*asking)

    assert house.made == 1
    assert {each.value for each in answers} == {Answer("made 1")}
    assert [each.hit for each in answers] == [None] + ["l1"] * 19
    assert house.one.stats().joined == 19


async def test_a_value_that_takes_longer_than_it_is_kept_is_made_once_for_all(house: House) -> None:
    async def slow() -> Answer:
        house.clock.advance(50)
        return await house.make()

    answers = await asyncio.gather(*(house.ask(house.one, make=slow) for _ in range(5)))

    assert house.made == 1
    assert len({each.value for each in answers}) == 1


async def test_an_error_reaches_all_who_wait_and_is_not_kept(house: House) -> None:
    async def broken() -> Answer:
        house.made += 1
        raise ProviderUnavailable

    results = await asyncio.gather(
        *(house.ask(house.one, make=broken) for _ in range(5)), return_exceptions=True
    )

    assert [type(each) for each in results] == [ProviderUnavailable] * 5
    assert house.made == 1
    assert await house.hits(house.one) == [None]


async def test_one_who_is_refused_takes_nobody_with_them(house: House) -> None:
    async def refused() -> Answer:
        await asyncio.sleep(0)
        raise Overloaded

    asking = [
        asyncio.ensure_future(house.ask(house.one, make=make))
        for make in (refused, refused, house.make, refused, house.make)
    ]
    results = await asyncio.gather(*asking, return_exceptions=True)

    assert [type(each) for each in results] == [Overloaded, Overloaded, *[Fetched] * 3]
    assert house.made == 1


async def test_when_the_one_that_makes_is_cancelled_another_goes_on(house: House) -> None:
    calls = 0

    async def slow() -> Answer:
        nonlocal calls
        calls += 1
        if calls == 1:
            await asyncio.Event().wait()
        return await house.make()

    first, *others = (asyncio.ensure_future(house.ask(house.one, make=slow)) for _ in range(4))
    await until(lambda: calls == 1)
    others[0].cancel()
    first.cancel()
    answers = await asyncio.gather(*others[1:])

    assert {each.value for each in answers} == {Answer("made 1")}
    assert calls == 2


async def test_after_an_invalidation_this_process_serves_nothing_old(house: House) -> None:
    await house.ask(house.one, tags=("persona:lua",))

    assert await house.one.invalidate("persona:lua") == 1
    assert (await house.ask(house.one, tags=("persona:lua",))).value == Answer("made 2")


async def test_other_processes_serve_nothing_old_after_a_second(house: House) -> None:
    for cache in (house.one, house.two):
        await house.ask(cache, tags=("persona:lua",))
    await house.one.invalidate("persona:lua")
    house.clock.advance(1.0)

    assert (await house.ask(house.two, tags=("persona:lua",))).value == Answer("made 2")


async def test_values_of_other_tags_stay(house: House) -> None:
    await house.ask(house.one, "a", tags=("x",))
    await house.ask(house.one, "b", tags=("y",))
    await house.one.invalidate("x")
    house.clock.advance(5)

    assert (await house.ask(house.one, "b", tags=("y",))).hit == "l1"
    assert (await house.ask(house.two, "b", tags=("y",))).hit == "l2"


async def test_clearing_takes_all_kinds(house: House) -> None:
    await house.ask(house.one)
    route = cache_key(Kind.ROUTING, language="en")
    await house.one.fetch(Kind.ROUTING, route, house.make, type=Answer)

    assert await house.two.clear() == 2
    house.clock.advance(1)
    assert await house.hits(house.one) == [None]


@pytest.mark.parametrize("invalidator", ["one", "two"])
async def test_what_was_being_made_during_an_invalidation_is_not_served_later(
    house: House, invalidator: str
) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> Answer:
        answer = await house.make()
        began.set()
        await go_on.wait()
        return answer

    old = asyncio.ensure_future(house.ask(house.one, make=slow))
    await began.wait()
    await getattr(house, invalidator).invalidate("answers")
    house.clock.advance(1)
    joined = asyncio.ensure_future(house.ask(house.one))
    go_on.set()

    assert (await old).value == Answer("made 1")
    assert (await joined).value == Answer("made 2")
    for cache in (house.one, house.two):
        assert (await house.ask(cache)).value == Answer("made 2")


@pytest.mark.parametrize("damage", [b"", b"\x00", b"\x80" * 40, b"\xc1" * 17])
async def test_a_poisoned_value_is_a_miss_and_is_replaced(house: House, damage: bytes) -> None:
    await house.ask(house.one)
    [key] = house.store.data
    house.store.data[key] = (1e9, damage)

    assert await house.hits(house.two, house.process()) == [None, "l2"]
    assert house.two.stats().poisoned == 1
    assert (house.two.stats().l2.hits, house.two.stats().l2.misses) == (0, 1)


async def test_bytes_of_another_key_or_secret_or_type_are_poison(house: House) -> None:
    for name in ("a", "b"):
        await house.ask(house.one, name)
    first, second = house.store.data
    house.store.data[first] = house.store.data[second]
    stranger = house.process(secret=b"another installation's")
    typed = house.process()
    b = cache_key(Kind.ANSWERS, name="b")

    async def number() -> int:
        return 7

    assert (await house.ask(house.two, "a")).hit is None
    assert (await house.ask(stranger, "b")).hit is None
    assert (await typed.fetch(Kind.ANSWERS, b, number, type=int)).value == 7
    assert [each.stats().poisoned for each in (house.two, stranger, typed)] == [1, 1, 1]


async def test_without_l2_this_process_goes_on_by_itself(house: House) -> None:
    house.store.away = True
    assert await house.hits(house.one, house.one) == [None, "l1"]
    house.clock.advance(46)
    assert await house.hits(house.one) == [None]
    assert house.one.stats().unavailable > 0
    assert house.one.stats().hit_rate == pytest.approx(1 / 3)


async def test_l2_is_asked_again_when_it_may_be_back(house: House) -> None:
    house.store.away = True
    await house.ask(house.one)
    house.store.away = False
    assert (await house.ask(house.one, "other")).hit is None
    assert not house.store.data
    house.clock.advance(1)

    assert await house.hits(house.one, house.two) == [None, "l2"]


async def test_an_invalidation_that_others_can_not_hear_of_is_an_error(house: House) -> None:
    await house.ask(house.one)
    house.store.away = True

    with pytest.raises(CacheUnavailable):
        await house.one.invalidate("answers")
    assert (await house.ask(house.one)).value == Answer("made 2")


async def test_what_was_lost_with_the_store_is_made_again(house: House) -> None:
    await house.ask(house.one)
    house.store.forget()
    house.clock.advance(1)

    assert await house.hits(house.one, house.two) == [None, "l2"]


async def test_an_eviction_of_l2_is_counted_when_its_value_is_made_again(house: House) -> None:
    await house.ask(house.one)
    house.clock.advance(50)
    house.store.data.clear()
    await house.ask(house.one)

    assert house.one.stats().l2.evictions == 1


async def test_two_processes_that_make_the_same_evict_nothing(house: House) -> None:
    await asyncio.gather(house.ask(house.one), house.ask(house.two))
    await house.one.invalidate("answers")
    house.clock.advance(1)
    await asyncio.gather(house.ask(house.one), house.ask(house.two))

    assert [each.stats().l2.evictions for each in (house.one, house.two)] == [0, 0]


async def test_every_fetch_is_counted_once(house: House) -> None:
    await house.hits(house.one, house.one, house.two, house.two, house.two)
    one, two = house.one.stats(), house.two.stats()

    assert (one.l1.hits, one.l1.misses, one.l2.hits, one.l2.misses) == (1, 1, 0, 1)
    assert (two.l1.hits, two.l1.misses, two.l2.hits, two.l2.misses) == (2, 1, 1, 0)
    assert one.hit_rate == pytest.approx(0.5)
    assert two.hit_rate == 1.0
    assert two.l1.hit_rate == pytest.approx(2 / 3)


async def test_a_value_that_took_long_to_make_is_not_kept_longer_without_l2(house: House) -> None:
    """Its 45 seconds begin when it was known what it is made of."""

    async def slow() -> Answer:
        house.clock.advance(30)
        return await house.make()

    house.store.away = True
    await house.ask(house.one, make=slow)
    house.clock.advance(14)
    assert await house.hits(house.one) == ["l1"]
    house.clock.advance(2)
    assert await house.hits(house.one) == [None]


async def test_the_second_until_a_recheck_begins_when_the_last_one_was_sent(house: House) -> None:
    for cache in (house.one, house.two):
        await house.ask(cache)
    house.clock.advance(1)
    house.store.gate.clear()
    checking = asyncio.ensure_future(house.ask(house.two))
    await until(lambda: house.store.answering == 1)
    await house.one.invalidate("answers")
    house.clock.advance(1)
    house.store.gate.set()
    await checking

    assert (await house.ask(house.two)).value == Answer("made 2")
