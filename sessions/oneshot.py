"""One answer without a session: check for risk, route, prompt, gather what the provider says."""

import asyncio
from contextlib import aclosing
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from schemas.resources import FinishReason, HelpLine, Usage
from sessions.admission import Admission
from sessions.budget import Budget
from sessions.clock import Clock
from sessions.conversation import Conversation, PastTurn, Summary
from sessions.embedding import Embedder, Vector, meaning_of
from sessions.errors import Overloaded, ProviderError, ProviderTimeout
from sessions.exchanges import Exchange
from sessions.history import fold
from sessions.llm.provider import Prompt, Provider
from sessions.personas.analysis import Analysis
from sessions.personas.catalogue import Catalogue
from sessions.personas.panel import Seat, Spoken, blend, part_prompt, seats
from sessions.personas.prompts import PROMPT_VERSION, build_prompt
from sessions.personas.prompts.budget import Budgets
from sessions.personas.recommend import Recommendation
from sessions.personas.resonance import ResonanceKey
from sessions.profiles.insight import STRANGER, Insight
from sessions.profiles.learner import Learner
from sessions.route import LONG_CHARS, Route, hear, route_of
from sessions.safety.classify import Risk, check
from sessions.safety.policy import respond
from sessions.stop import Stop
from sessions.stores.cache import Cache, Kind, cache_key
from sessions.tokens import estimate_tokens

__all__ = ["Answered", "OneAnswer", "OneShot", "Question"]

SAFETY = "safety"
Together: TypeAlias = Literal["as_needed", "always"] | None
_BUSY_MS = 2_000


class Question(Struct, frozen=True, kw_only=True):
    """What is to be answered: a checked text, what was said before it, and a key."""

    text: str
    earlier: tuple[Exchange, ...] = ()
    key: ResonanceKey | None = None


class OneAnswer(Struct, frozen=True, kw_only=True):
    """An answer and how it came to be; `contributors` are the personas that took part.

    `tone` is how the question sounded, the shares of all tones.
    """

    text: str
    route: Route
    tone: dict[str, float]
    language: str
    finish_reason: FinishReason
    model: str
    usage: Usage
    contributors: tuple[str, ...]
    resources: tuple[HelpLine, ...] = ()


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


class _Heard(Struct, frozen=True, kw_only=True):
    question: Question
    conversation: Conversation
    risk: Risk | None
    analysis: Analysis
    recommendation: Recommendation
    route: Route
    whole: bool


class _Gathered(Struct, frozen=True, kw_only=True):
    text: str
    finish_reason: FinishReason
    model: str
    usage: Usage
    stood_in: bool


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
        self._provider = provider
        self._catalogue = catalogue
        self._admission = admission
        self._budget = budget
        self._cache = cache
        self._learner = learner
        self._clock = clock
        encoder = embedder.id if embedder is not None else ""
        self._shaped_by = (release, provider.name, catalogue.fingerprint, PROMPT_VERSION, encoder)
        self._embedder = embedder
        self._budgets = budgets
        self._deadline_s = deadline_s

    async def route(self, question: Question) -> Route:
        """Return who would answer."""

        async def make() -> Route:
            heard = await self._heard(question)
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
        return (await self._heard(question, insight)).route

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
            heard = await self._heard(question)
            answer, stood_in = await self._charged(heard, who, user_id, together)
            if answer.finish_reason != "stop" or stood_in or not heard.whole:
                raise _Unkept(answer)
            return answer

        if not use_cache:
            heard = await self._heard(question)
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
        self, heard: _Heard, who: str, user_id: str | None, together: Together
    ) -> tuple[OneAnswer, bool]:
        answer, stood_in = await self._answer(heard, who, together)
        if user_id is not None and answer.finish_reason != "safety":
            await self._budget.charge_answer(user_id, answer.usage)
        return answer, stood_in

    async def _answer(self, heard: _Heard, who: str, together: Together) -> tuple[OneAnswer, bool]:
        """Return an answer, and whether any of it is a fallback's."""
        if heard.risk is not None:
            return self._helped(heard, heard.risk), False
        if together is not None:
            return await self._together(heard, who, force_multi=together == "always")
        prompt = build_prompt(
            heard.question.text,
            heard.analysis,
            heard.recommendation,
            heard.conversation,
            self._catalogue,
            budgets=self._budgets,
        )
        said = await self._gathered(prompt, who)
        return _answer(heard, said, (heard.route.persona,)), said.stood_in

    async def _together(
        self, heard: _Heard, who: str, *, force_multi: bool
    ) -> tuple[OneAnswer, bool]:
        table = await asyncio.to_thread(
            seats,
            heard.question.text,
            heard.analysis,
            heard.recommendation,
            self._catalogue,
            force_multi=force_multi,
        )
        parts: list[_Gathered] = []
        spoken: list[Spoken] = []
        failure: ProviderError | None = None
        for seat in table:
            prompt = self._part(heard, seat, table, [each.text for each in parts])
            try:
                said = await self._gathered(prompt, who)
            except ProviderError as error:
                failure = error
                continue
            parts.append(said)
            spoken.append(Spoken(seat=seat, answer=said.text))
        if failure is not None and not parts:
            raise failure
        text = blend(spoken, heard.analysis.language)
        # one that only repeated what another said is not in the reply
        named = [each.seat.persona for each in spoken if each.seat.name in text]
        told = tuple(named) if len(named) > 1 else (spoken[0].seat.persona,)
        said = _joined(text, parts)
        return _answer(heard, said, told), said.stood_in

    async def _heard(self, question: Question, insight: Insight = STRANGER) -> _Heard:
        vector = await meaning_of(question.text, self._embedder)
        if len(question.text) > LONG_CHARS or question.earlier:
            # seconds of the loop would be everybody's seconds
            return await asyncio.to_thread(self._hear, question, insight, vector)
        return self._hear(question, insight, vector)

    def _hear(self, question: Question, insight: Insight, vector: Vector | None) -> _Heard:
        conversation = self._conversation(question.earlier)
        analysis, recommendation = hear(
            question.text,
            self._catalogue,
            conversation=conversation,
            key=question.key,
            insight=insight,
            vector=vector,
        )
        previous = [each.user_text[-LONG_CHARS:] for each in conversation.recent[-3:]]
        return _Heard(
            question=question,
            conversation=conversation,
            risk=check(question.text, previous=previous),
            analysis=analysis,
            recommendation=recommendation,
            route=route_of(recommendation, self._catalogue, key=question.key),
            whole=self._embedder is None or vector is not None,
        )

    def _conversation(self, earlier: tuple[Exchange, ...]) -> Conversation:
        now = self._clock.now()
        turns = tuple(
            PastTurn(
                turn_id=f"h{number}",
                user_text=exchange.said,
                answer=exchange.answer,
                persona="",
                at=now,
            )
            for number, exchange in enumerate(earlier, 1)
        )
        summary = Summary()
        for number, turn in enumerate(turns, 1):
            summary = fold(summary, turn, number=number)
        return Conversation(session_id="", recent=turns, summary=summary, count=len(turns))

    def _part(self, heard: _Heard, seat: Seat, table: tuple[Seat, ...], said: list[str]) -> Prompt:
        return part_prompt(
            seat,
            table,
            text=heard.question.text,
            analysis=heard.analysis,
            recommendation=heard.recommendation,
            conversation=heard.conversation,
            catalogue=self._catalogue,
            said=said,
            budgets=self._budgets,
        )

    def _helped(self, heard: _Heard, risk: Risk) -> OneAnswer:
        language = heard.analysis.language
        answer = respond(
            risk,
            language=language,
            locale="",
            persona_name=self._catalogue.get(heard.route.persona).name(language),
            turn_number=heard.conversation.count + 1,
        )
        return OneAnswer(
            text=answer.text,
            route=heard.route,
            tone=heard.analysis.tone,
            language=language,
            finish_reason="safety",
            model=SAFETY,
            usage=Usage(prompt_tokens=0, completion_tokens=estimate_tokens(answer.text)),
            contributors=(heard.route.persona,),
            resources=answer.resources,
        )

    async def _gathered(self, prompt: Prompt, who: str) -> _Gathered:
        self._admission.check(who)
        async with self._admission.slot(who, Stop()) as granted:
            if not granted:
                raise Overloaded("the server restarts; ask again", retry_after_ms=_BUSY_MS)
            try:
                async with asyncio.timeout(self._deadline_s):
                    return await self._said(prompt)
            except TimeoutError:
                raise ProviderTimeout from None

    async def _said(self, prompt: Prompt) -> _Gathered:
        texts: list[str] = []
        finish: FinishReason = "stop"
        model, usage, stood_in = self._provider.name, None, False
        async with aclosing(self._provider.stream(prompt)) as chunks:
            async for chunk in chunks:
                texts.append(chunk.text)
                finish = chunk.finish_reason or finish
                model = chunk.model or model
                usage = chunk.usage or usage
                stood_in = stood_in or chunk.stood_in
        text = "".join(texts)
        if usage is None:
            usage = Usage(
                prompt_tokens=sum(estimate_tokens(each.content) for each in prompt.messages),
                completion_tokens=estimate_tokens(text),
            )
        return _Gathered(
            text=text, finish_reason=finish, model=model, usage=usage, stood_in=stood_in
        )


def _answer(heard: _Heard, said: _Gathered, contributors: tuple[str, ...]) -> OneAnswer:
    return OneAnswer(
        text=said.text,
        route=heard.route,
        tone=heard.analysis.tone,
        language=heard.analysis.language,
        finish_reason=said.finish_reason,
        model=said.model,
        usage=said.usage,
        contributors=contributors,
    )


def _joined(text: str, parts: list[_Gathered]) -> _Gathered:
    """Return several answers as one under `text`."""
    cut = any(part.finish_reason == "length" for part in parts)
    return _Gathered(
        text=text,
        finish_reason="length" if cut else "stop",
        model=parts[0].model,
        usage=Usage(
            prompt_tokens=sum(part.usage.prompt_tokens for part in parts),
            completion_tokens=sum(part.usage.completion_tokens for part in parts),
        ),
        stood_in=any(part.stood_in for part in parts),
    )
