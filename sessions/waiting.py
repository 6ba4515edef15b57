"""The turns of a session that wait to be answered, and when the first of them may begin."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

from sessions.archive import TurnDocument
from sessions.burst import Burst

__all__ = ["Waiting"]

# what a session without rest remembers of turns that have waited
_MOST_KNOWN = 1_000


class Waiting:
    """Turns by their number. The first is held while the user still writes what belongs to it."""

    def __init__(self) -> None:
        self._turns: list[TurnDocument] = []
        self._came: dict[str, float] = {}
        self._stopped: dict[str, int] = {}
        self._burst = Burst()
        self._hurried = False
        self._changed = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._turns)

    def __iter__(self) -> Iterator[TurnDocument]:
        return iter(self._turns)

    @property
    def first(self) -> TurnDocument | None:
        """Return the turn that is answered next."""
        return self._turns[0] if self._turns else None

    def knows(self, turn_id: str) -> bool:
        """Tell whether a turn waits or has waited here."""
        return turn_id in self._came

    def add(self, turn: TurnDocument) -> None:
        """Take in a turn, or a newer version of one that waits."""
        if not self.knows(turn.id):
            self._forget_old()
            self._came[turn.id] = _now()
            self._turns.append(turn)
            self._turns.sort(key=lambda each: each.number)
            return
        self._turns = [
            turn if each.id == turn.id and turn.version > each.version else each
            for each in self._turns
        ]

    def _forget_old(self) -> None:
        if len(self._came) < _MOST_KNOWN:
            return
        waiting = {each.id for each in self._turns}
        if (oldest := next((each for each in self._came if each not in waiting), None)) is not None:
            del self._came[oldest]
            self._stopped.pop(oldest, None)

    def pop(self) -> TurnDocument:
        """Take out the first turn; raises IndexError when none waits."""
        return self._turns.pop(0)

    def put_back(self, turn: TurnDocument) -> None:
        """Let a turn that was taken out wait again, before all others."""
        self._turns.insert(0, turn)

    def drop(self, turn_id: str) -> None:
        """Let go of a turn that needs no answer any more."""
        self._turns = [each for each in self._turns if each.id != turn_id]

    def clear(self) -> None:
        """Forget what waits."""
        self._turns.clear()
        self.hurry()

    def stop(self, turn_id: str, *, messages: int = 0) -> None:
        """Have a turn end without an answer when it comes to it.

        With `messages` only as long as it holds no more: one that joins it wants an answer.
        """
        before = self._stopped.get(turn_id, messages)
        # 0 is for all that come, and what was stopped later may be heard of first
        self._stopped[turn_id] = 0 if 0 in (before, messages) else max(before, messages)
        self._changed.set()

    def stopped(self, turn: TurnDocument) -> bool:
        """Tell whether a turn was stopped."""
        turn = next((each for each in self._turns if each.id == turn.id), turn)
        messages = self._stopped.get(turn.id)
        return messages is not None and not 0 < messages < len(turn.messages)

    def typing(self, active: bool) -> None:
        """Know that the user writes, or has stopped."""
        self._burst = self._burst.typing(active, _now())
        self._changed.set()

    def spoken(self) -> None:
        """Know that the user has said what was being written."""
        self._burst = self._burst.spoken()
        self._changed.set()

    def breathe(self) -> None:
        """Know that another message may follow the last one at once."""
        self._burst = self._burst.breathing(_now())

    def hurry(self) -> None:
        """Hold nothing any more."""
        self._hurried = True
        self._changed.set()

    async def released(self, turn: TurnDocument, *, breath: bool = False) -> None:
        """Wait while the user is still writing what belongs to this turn, and for a `breath`."""
        while turn.joinable and not self._hurried and not self.stopped(turn):
            wait_s = self._burst.held_until(self._came[turn.id], breath=breath) - _now()
            if wait_s <= 0:
                return
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()


def _now() -> float:
    return asyncio.get_running_loop().time()
