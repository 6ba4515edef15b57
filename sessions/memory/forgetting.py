"""What the erasure of turns, sessions and users means for facts and for the index of recall."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from sessions.archive import TurnDocument

from .backlog import Backlog
from .documents import FACTS
from .facts import Facts

__all__ = ["Forgetting", "RecallForgets"]


INDEX = "recall"


class RecallForgets(Protocol):
    """The index in which turns and facts are found again."""

    async def forget(self, user_id: str, ids: Sequence[str]) -> None:
        """Drop turns or facts."""
        ...

    async def note_turn(self, turn: TurnDocument) -> None:
        """Index a turn anew."""
        ...

    async def forget_session(self, user_id: str, session_id: str) -> int:
        """Drop a session's part, and count what that was."""
        ...

    async def forget_user(self, user_id: str) -> int:
        """Drop a user's whole index, and count what that was."""
        ...


class Forgetting:
    """Facts and their index, as erasures ask them to forget; all methods raise StoreUnavailable."""

    def __init__(self, facts: Facts, recall: RecallForgets, backlog: Backlog) -> None:
        self._facts = facts
        self._recall = recall
        self._backlog = backlog

    async def forget_turns(
        self, user_id: str, turn_ids: Sequence[str], *, staying: Collection[str] = ()
    ) -> Mapping[str, int]:
        """Forget what comes from these turns alone, and the turns themselves.

        What is known from messages with ids in `staying` remains.
        """
        self._backlog.drop(user_id, turn_ids=turn_ids)
        gone = await self._facts.forget_turns(user_id, turn_ids, staying=staying)
        await self._recall.forget(user_id, turn_ids)
        return {FACTS.name: len(gone)}

    async def read_again(self, turns: Sequence[TurnDocument]) -> None:
        """Index turns anew that were read together with what is gone."""
        for turn in turns:
            await self._recall.note_turn(turn)

    async def forget_session(self, user_id: str, session_id: str) -> Mapping[str, int]:
        """Forget what comes from a session alone."""
        self._backlog.drop(user_id, session_id=session_id)
        gone = len(await self._facts.forget_session(user_id, session_id))
        return {FACTS.name: gone, INDEX: await self._recall.forget_session(user_id, session_id)}

    async def told_in(self, user_id: str, fact_id: str) -> Mapping[str, Collection[str]]:
        """Return the sessions that told a fact or what it superseded, each with the corrected."""
        return await self._facts.told_in(user_id, fact_id)

    async def forget_fact(self, user_id: str, fact_id: str, *, refuse: bool) -> Mapping[str, int]:
        """Forget a fact and what it superseded; raises NotFound."""
        before = len(await self._facts.of_user(user_id, past=True))
        try:
            await (self._facts.refuse if refuse else self._facts.delete)(user_id, fact_id)
        finally:
            # a cut may have left it there alone
            await self._recall.forget(user_id, [fact_id])
        after = len(await self._facts.of_user(user_id, past=True))
        return {FACTS.name: max(0, before - after)}

    async def forget_user(self, user_id: str) -> Mapping[str, int]:
        """Forget all of a user."""
        self._backlog.drop(user_id)
        gone = await self._facts.forget_user(user_id)
        return {**gone, INDEX: await self._recall.forget_user(user_id)}
