"""One answer without a session: what is cached of it, and for whom."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import numpy as np
import pytest

from sessions.admission import Admission
from sessions.budget import Budget
from sessions.embedding import EncoderBusy, Vector
from sessions.errors import BudgetSpent, ProviderRejected
from sessions.llm.fallback import FallbackProvider
from sessions.llm.provider import Chunk, Prompt
from sessions.llm.scripted import ScriptedProvider
from sessions.oneshot import OneShot, Question
from sessions.profiles.learner import Learner
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.cache import Cache
from sessions.stores.sqlite import SqliteDocuments
from tests.caches import MemoryCache
from tests.clocks import FakeClock
from tests.personas import packaged

CATALOGUE = packaged()
ASKED = Question(text="How do I plan my week?")


class Meanings:
    """An embedder that gives the same vector for every text, unless it is busy."""

    dimensions = 384

    def __init__(self, name: str = "one") -> None:
        self.id = name
        self.busy = False

    async def embed(self, texts: Sequence[str], *, passages: bool = False) -> list[Vector]:
        if self.busy:
            raise EncoderBusy
        return [np.full(self.dimensions, self.dimensions**-0.5, np.float32) for _ in texts]


class Hosted:
    """A model at some host, of a kind with others; it refuses everything while `refusing`."""

    name = "openai"

    def __init__(self, model: str) -> None:
        self.model = model
        self.refusing = False

    async def stream(self, _prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        if self.refusing:
            raise ProviderRejected
        yield Chunk(text=f"said by {self.model}")
        yield Chunk(finish_reason="stop", model=f"{self.model}-2026-11-01")

    async def aclose(self) -> None:
        """Do nothing: there is no connection."""


class House:
    """Processes over one store and one shared cache."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self.clock = FakeClock()
        self.documents = documents
        self.store = MemoryCache(self.clock)
        self.budget = Budget(documents=documents, clock=self.clock, tokens_a_day=10)

    def process(self, *, provider: Any = None, **options: Any) -> OneShot:
        names = Pseudonyms("a secret of the tests")
        made: dict[str, Any] = {
            "provider": provider or ScriptedProvider(tokens=3, interval_ms=0),
            "catalogue": CATALOGUE,
            "admission": Admission(clock=self.clock, max_turns=0),
            "budget": self.budget,
            "cache": Cache(self.store, clock=self.clock, secret=b"s"),
            "learner": Learner(documents=self.documents, clock=self.clock, names=names),
            "clock": self.clock,
            "release": "1",
        }
        return OneShot(**(made | options))

    def kept(self) -> int:
        """Return how many values the shared tier has."""
        return len(self.store.data)


@pytest.fixture
async def house(documents: SqliteDocuments) -> House:
    return House(documents)


async def test_processes_of_one_kind_serve_each_others_answers_and_routes(house: House) -> None:
    one, other = (house.process(embedder=Meanings()) for _ in range(2))
    made = await one.answer(ASKED, who="a")
    found = await other.answer(ASKED, who="b")
    await one.route(ASKED)
    await other.route(ASKED)

    assert (made.cached, found.cached) == (False, True)
    assert made.cache_key == found.cache_key
    assert house.kept() == 2


@pytest.mark.parametrize("options", [{}, {"embedder": Meanings("two")}, {"release": "2"}])
async def test_processes_that_read_otherwise_serve_nothing_of_each_other(
    house: House, options: dict[str, Any]
) -> None:
    await house.process(embedder=Meanings()).route(ASKED)
    await house.process(**options).route(ASKED)

    assert house.kept() == 2


async def test_what_was_made_without_the_meaning_of_a_text_is_not_kept(house: House) -> None:
    meanings = Meanings()
    process = house.process(embedder=meanings)
    meanings.busy = True
    await process.route(ASKED)
    hasty = await process.answer(ASKED, who="a")
    assert (hasty.cached, hasty.cache_key, house.kept()) == (False, None, 0)

    meanings.busy = False
    await process.route(ASKED)
    assert (await process.answer(ASKED, who="a")).cached is False
    assert house.kept() == 2


@pytest.mark.parametrize("together", [None, "always"])
async def test_the_answer_of_a_model_that_stands_in_is_not_kept(
    house: House, together: Any
) -> None:
    first, second = Hosted("large"), Hosted("small")
    provider = FallbackProvider([first, second], clock=house.clock)
    process = house.process(provider=provider)
    first.refusing = True
    stood_in = await process.answer(ASKED, who="a", together=together)
    assert stood_in.answer.model == "small-2026-11-01"
    assert (stood_in.cache_key, house.kept()) == (None, 0)

    first.refusing = False
    await process.answer(ASKED, who="a", together=together)
    found = await process.answer(ASKED, who="a", together=together)
    assert (found.answer.model, found.cached) == ("large-2026-11-01", True)


@pytest.mark.parametrize("together", [None, "always"])
@pytest.mark.parametrize("use_cache", [True, False])
async def test_what_is_made_for_a_user_counts_among_their_tokens(
    house: House, together: Any, use_cache: bool
) -> None:
    process = house.process()
    options: dict[str, Any] = {"together": together, "use_cache": use_cache, "who": "a"}
    await process.answer(ASKED, user_id="u1", **options)

    with pytest.raises(BudgetSpent):
        await process.answer(Question(text="And my month?"), user_id="u1", **options)
    for name in ("u2", None):
        await process.answer(Question(text="And my month?"), user_id=name, **options)


async def test_what_the_cache_has_and_an_answer_to_a_crisis_cost_no_tokens(house: House) -> None:
    process = house.process()
    await process.answer(ASKED, who="a")
    for _ in range(2):
        assert (await process.answer(ASKED, who="a", user_id="u1")).cached
    crisis = Question(text="I want to kill myself tonight")
    for _ in range(2):
        helped = await process.answer(crisis, who="a", user_id="u1")
        assert helped.answer.finish_reason == "safety"
    await process.answer(Question(text="And my month?"), who="a", user_id="u1")

    assert (await process.answer(crisis, who="a", user_id="u1")).answer.finish_reason == "safety"
    with pytest.raises(BudgetSpent):
        await process.answer(ASKED, who="a", user_id="u1")
