"""What many begin with is routed before anybody asks."""

from pathlib import Path

from sessions.admission import Admission
from sessions.archive import COLLECTIONS
from sessions.budget import Budget
from sessions.llm.scripted import ScriptedProvider
from sessions.oneshot import OneShot, Question
from sessions.personas.catalogue import load_catalogue
from sessions.profiles.learner import Learner
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.cache import Cache
from sessions.stores.sqlite import SqliteDocuments
from sessions.warming import load_starters, warm
from tests.caches import MemoryCache
from tests.clocks import FakeClock


async def test_starters_are_served_from_the_cache_once_it_is_warm(tmp_path: Path) -> None:
    clock = FakeClock()
    documents = SqliteDocuments(tmp_path / "ion.sqlite", COLLECTIONS)
    cache = Cache(MemoryCache(clock), clock=clock, secret=b"s")
    oneshot = OneShot(
        provider=ScriptedProvider(),
        catalogue=load_catalogue(),
        admission=Admission(clock=clock, max_turns=1),
        budget=Budget(documents=documents, clock=clock, tokens_a_day=0),
        cache=cache,
        learner=Learner(documents=documents, clock=clock, names=Pseudonyms("secret")),
        clock=clock,
        release="1",
    )
    starters = load_starters()
    await warm(oneshot, starters)
    for text in starters:
        await oneshot.route(Question(text=text))

    assert len(starters) >= 20
    assert cache.stats().l1.hits == cache.stats().l1.misses == len(set(starters))
