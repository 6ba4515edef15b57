"""How one question is answered: check for risk, route, prompt, gather what the provider says."""

import asyncio
from contextlib import aclosing
from typing import Literal, TypeAlias

from msgspec import Struct

from schemas.resources import FinishReason, HelpLine, Usage
from sessions.admission import Admission
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
from sessions.personas.prompts import build_prompt
from sessions.personas.prompts.budget import Budgets
from sessions.personas.recommend import Recommendation
from sessions.personas.resonance import ResonanceKey
from sessions.profiles.insight import STRANGER, Insight
from sessions.route import LONG_CHARS, Route, hear, route_of
from sessions.safety.classify import Risk, check
from sessions.safety.policy import respond
from sessions.stop import Stop
from sessions.tokens import estimate_tokens

__all__ = ["SAFETY", "Asking", "Heard", "OneAnswer", "Question", "Together"]

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


class Heard(Struct, frozen=True, kw_only=True):
    """A question as it was understood; `whole`: with its meaning, where there is an encoder."""

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


class Asking:
    """Answers questions one by one; a message that calls for help gets the authored answer.

    `deadline_s` bounds one answer of the provider. Slots are those of turns: `who` (a user or an
    address) has at most a fair share of them.
    """

    def __init__(
        self,
        *,
        provider: Provider,
        catalogue: Catalogue,
        admission: Admission,
        clock: Clock,
        embedder: Embedder | None,
        budgets: Budgets,
        deadline_s: float,
    ) -> None:
        self._provider = provider
        self._catalogue = catalogue
        self._admission = admission
        self._clock = clock
        self._embedder = embedder
        self._budgets = budgets
        self._deadline_s = deadline_s

    async def heard(self, question: Question, insight: Insight = STRANGER) -> Heard:
        """Return what is to be answered, understood with what is known of the user."""
        vector = await meaning_of(question.text, self._embedder)
        if len(question.text) > LONG_CHARS or question.earlier:
            # seconds of the loop would be everybody's seconds
            return await asyncio.to_thread(self._hear, question, insight, vector)
        return self._hear(question, insight, vector)

    async def answer(self, heard: Heard, who: str, together: Together) -> tuple[OneAnswer, bool]:
        """Return an answer, and whether any of it is a fallback's.

        Of several, a part that fails is left out as long as another one is there.
        Raises ProviderError, Overloaded.
        """
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
        self, heard: Heard, who: str, *, force_multi: bool
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

    def _hear(self, question: Question, insight: Insight, vector: Vector | None) -> Heard:
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
        return Heard(
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

    def _part(self, heard: Heard, seat: Seat, table: tuple[Seat, ...], said: list[str]) -> Prompt:
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

    def _helped(self, heard: Heard, risk: Risk) -> OneAnswer:
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


def _answer(heard: Heard, said: _Gathered, contributors: tuple[str, ...]) -> OneAnswer:
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
