"""Answers without a session: from the cache, or made and kept there."""

from typing import Any

from msgspec import Struct

from sessions.admission import Admission
from sessions.asking import Asking, Heard, OneAnswer, Question, Together
from sessions.budget import Budget
from sessions.clock import Clock
from sessions.embedding import Embedder
from sessions.llm.provider import Provider
from sessions.personas.catalogue import Catalogue
from sessions.personas.prompts import PROMPT_VERSION
from sessions.personas.prompts.budget import Budgets
from sessions.profiles.learner import Learner
from sessions.route import Route
from sessions.stores.cache import Cache, Kind, cache_key

__all__ = ["Answered", "OneAnswer", "OneShot", "Question", "Together"]


class Answered(Struct, frozen=True, kw_only=True):
    """An answer, whether the cache had it, and its key there; None when it was not asked."""

    answer: OneAnswer
    cached: bool = False
    cache_key: str | None = None


class _Unkept(Exception):
    """A value that serves those who asked for it now, and nobody after them."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class OneShot:
    """Answers questions one by one; a message that calls for help gets the authored answer.

    `release` names the code, its data and the models that answers are made with, for the cache.
    What was made without the meaning of a text, where there is an encoder, is never cached.
    `deadline_s` bounds one answer of the provider. Slots are those of turns: `who` (a user or an
    address) has at most a fair share of them. What is made for a user counts among their tokens
    of the day; what the cache has costs none.
    """

    def __init__(
        self,
        *,
        provider: Provider,
        catalogue: Catalogue,
        admission: Admission,
        budget: Budget,
        cache: Cache,
        learner: Learner,
        clock: Clock,
        release: str,
        embedder: Embedder | None = None,
        budgets: Budgets = Budgets(),  # noqa: B008 - a frozen value
        deadline_s: float = 60,
    ) -> None:
        self._asking = Asking(
            provider=provider,
            catalogue=catalogue,
            admission=admission,
            clock=clock,
            embedder=embedder,
            budgets=budgets,
            deadline_s=deadline_s,
        )
        self._budget = budget
        self._cache = cache
        self._learner = learner
        encoder = embedder.id if embedder is not None else ""
        self._shaped_by = (release, provider.name, catalogue.fingerprint, PROMPT_VERSION, encoder)

    async def route(self, question: Question) -> Route:
        """Return who would answer."""

        async def make() -> Route:
            heard = await self._asking.heard(question)
            if not heard.whole:
                raise _Unkept(heard.route)
            return heard.route

        key = cache_key(Kind.ROUTING, question=question, shaped_by=self._shaped_by)
        try:
            return (await self._cache.fetch(Kind.ROUTING, key, make, type=Route)).value
        except _Unkept as unkept:
            route: Route = unkept.value
            return route

    async def route_for(self, user_id: str, question: Question) -> Route:
        """Return who would answer this user, with what was learned of them."""
        insight = await self._learner.known(user_id)
        return (await self._asking.heard(question, insight)).route

    async def answer(
        self,
        question: Question,
        *,
        who: str,
        user_id: str | None = None,
        together: Together = None,
        use_cache: bool = True,
    ) -> Answered:
        """Return the answer of one persona, or of several `together`, or of two at the least.

        Of several, a part that fails is left out as long as another one is there. An answer to a
        crisis, one that was cut off, and one of a fallback are never cached. Raises
        ProviderError, Overloaded, and for a `user_id` BudgetSpent and StoreUnavailable.
        """
        if user_id is not None:
            await self._budget.check(user_id, question.text)

        async def make() -> OneAnswer:
            heard = await self._asking.heard(question)
            answer, stood_in = await self._charged(heard, who, user_id, together)
            if answer.finish_reason != "stop" or stood_in or not heard.whole:
                raise _Unkept(answer)
            return answer

        if not use_cache:
            heard = await self._asking.heard(question)
            return Answered(answer=(await self._charged(heard, who, user_id, together))[0])
        key = cache_key(
            Kind.ANSWERS, question=question, together=together, shaped_by=self._shaped_by
        )
        try:
            found = await self._cache.fetch(
                Kind.ANSWERS, key, make, type=OneAnswer, owner=user_id or ""
            )
        except _Unkept as unkept:
            return Answered(answer=unkept.value)
        return Answered(answer=found.value, cached=found.hit is not None, cache_key=key)

    async def _charged(
        self, heard: Heard, who: str, user_id: str | None, together: Together
    ) -> tuple[OneAnswer, bool]:
        answer, stood_in = await self._asking.answer(heard, who, together)
        if user_id is not None and answer.finish_reason != "safety":
            await self._budget.charge_answer(user_id, answer.usage)
        return answer, stood_in
