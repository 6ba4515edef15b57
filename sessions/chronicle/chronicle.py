"""The rolling summary and the title, by a language model, after turns and beside them."""

import asyncio
from contextlib import aclosing

import msgspec
import structlog
from msgspec import structs

from sessions.archive import SESSIONS, TURNS, SessionDocument, TurnDocument
from sessions.branches import load_branch
from sessions.budget import Budget
from sessions.chronicle.asking import Told, prompt_of, read
from sessions.clock import Clock
from sessions.context import RECENT_TURNS, past_turn
from sessions.conversation import Conversation, PastTurn, Summary, number_of
from sessions.errors import Conflict, ProviderError
from sessions.llm.provider import Prompt, Provider
from sessions.llm.usage import estimated_usage
from sessions.memory.putting_right import put_right
from sessions.memory.remembered import corrections
from sessions.stores.documents import Documents

__all__ = ["Chronicle"]

log = structlog.get_logger(__name__)
_EVERY = 5
_TITLE_TURNS = 3
_AT_ONCE = 4
_LONGEST_ANSWER = 8_000


class Chronicle:
    """Asks `provider` when five more turns have left the window, and for a first title.

    Until it has answered, and whenever it fails, what rules made of the session stands. At most
    four sessions are told of at once; one that finds no place waits for its next turn.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        provider: Provider,
        budget: Budget,
        clock: Clock,
        deadline_s: float = 30.0,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._provider = provider
        self._budget = budget
        self._deadline_s = deadline_s
        self._busy: set[str] = set()

    async def ended(self, session: SessionDocument) -> bool:
        """Take in that a turn of `session` ended; tell whether its title changed.

        Raises StoreUnavailable.
        """
        untitled = session.titled_by == "rules" and session.counted <= _TITLE_TURNS
        wanted = untitled or _left(session.summary) >= _EVERY
        if not wanted or session.id in self._busy or len(self._busy) >= _AT_ONCE:
            return False
        self._busy.add(session.id)
        try:
            return await self._tell(session)
        finally:
            self._busy.discard(session.id)

    async def _tell(self, session: SessionDocument) -> bool:
        summary = session.summary
        gone = _left(summary) >= _EVERY
        upto = _last_left(summary) if gone else summary.upto
        branch = await load_branch(self._documents, session.id, summary.upto, limit=RECENT_TURNS)
        turns = [turn for turn in branch[::-1] if summary.told_upto < turn.number <= upto]
        turns = [turn for turn in turns if not _called_for_help(turn)]
        told = await self._asked(session, turns)
        if told is None or not (told.title or told.lines):
            return False
        return await self._keep(session, turns, told, upto=upto if gone else None)

    async def _asked(self, session: SessionDocument, turns: list[TurnDocument]) -> Told | None:
        past = await self._past(session, turns)
        if not past:
            return None
        said = "\n".join(f"{each.user_text}\n{each.answer}" for each in past)
        prompt = prompt_of(session.summary.told, past)
        try:
            async with asyncio.timeout(self._deadline_s):
                answer = await self._answer(prompt)
            await self._budget.charge_answer(session.user_id, estimated_usage(prompt, answer))
            return read(answer, f"{session.summary.told}\n{said}")
        except (ProviderError, TimeoutError, msgspec.MsgspecError) as error:
            log.warning("session_not_told", session_id=session.id, error=type(error).__name__)
            return None

    async def _past(
        self, session: SessionDocument, turns: list[TurnDocument]
    ) -> tuple[PastTurn, ...]:
        """Return the turns as their user has corrected what they told."""
        past = tuple(past_turn(turn) for turn in turns)
        by = await corrections(self._documents, session) if past else ()
        if not by:
            return past
        talk = Conversation(session_id=session.id, recent=past)
        return (await asyncio.to_thread(put_right, talk, by)).recent

    async def _answer(self, prompt: Prompt) -> str:
        pieces: list[str] = []
        async with aclosing(self._provider.stream(prompt)) as chunks:
            async for chunk in chunks:
                pieces.append(chunk.text)
                if sum(map(len, pieces)) > _LONGEST_ANSWER:
                    break
        return "".join(pieces)

    async def _keep(
        self, session: SessionDocument, turns: list[TurnDocument], told: Told, *, upto: int | None
    ) -> bool:
        """Store what was told, unless what it tells of changed or was deleted meanwhile."""
        while True:
            now = await self._documents.get(SESSIONS, session.id)
            if now is None or not await self._unchanged(turns):
                return False
            fields = _fields(session, now, told, upto=upto)
            if not fields:
                return False
            told_of = structs.replace(now, changed_at=self._clock.now(), **fields)
            try:
                await self._documents.replace(SESSIONS, told_of)
            except Conflict:
                continue
            return "title" in fields

    async def _unchanged(self, turns: list[TurnDocument]) -> bool:
        for turn in turns:
            stored = await self._documents.get(TURNS, turn.id)
            if stored is None or (stored.messages, stored.answer) != (turn.messages, turn.answer):
                return False
        return True


def _fields(
    asked: SessionDocument, now: SessionDocument, told: Told, *, upto: int | None
) -> dict[str, object]:
    """Return what changes in the session as it is now."""
    fields: dict[str, object] = {}
    # an earlier summary may have words that were deleted or corrected meanwhile
    as_asked = now.emptied == asked.emptied
    same = (now.summary.told_upto, now.branched_at) == (asked.summary.told_upto, asked.branched_at)
    if upto is not None and told.lines and same and as_asked and now.summary.upto >= upto:
        summary = structs.replace(now.summary, told="\n".join(told.lines), told_upto=upto)
        fields["summary"] = summary
    if told.title and now.titled_by == "rules" and as_asked:
        fields |= {"title": told.title, "titled_by": "provider"}
    return fields


def _left(summary: Summary) -> int:
    """Return how many lines left the window since a language model last told of them."""
    return sum(number > summary.told_upto for number in map(number_of, summary.text.splitlines()))


def _last_left(summary: Summary) -> int:
    return max(map(number_of, summary.text.splitlines()), default=0)


def _called_for_help(turn: TurnDocument) -> bool:
    return turn.answer is not None and turn.answer.finish_reason == "safety"
