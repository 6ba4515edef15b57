"""Turns as their session's owner hears of them: what of them readers see, and which they stop."""

from collections.abc import Callable

from sessions.archive import TurnDocument
from sessions.command import Command
from sessions.control import Control
from sessions.stop import Stop
from sessions.telling import Telling
from sessions.waiting import Waiting

__all__ = ["Arrivals"]


class Arrivals:
    """The open turns of a session: one is being answered, the others are `waiting`.

    They may be heard of in any order; `gap` says that one before `upto` is not known yet. `current`
    is what is being answered, `slot` ends the wait of the first one for its place in the process,
    `came` is called when a turn comes that waits.
    """

    def __init__(self, telling: Telling, waiting: Waiting, *, came: Callable[[], None]) -> None:
        self.telling = telling
        self.waiting = waiting
        self.current: Control | None = None
        self.slot = Stop()
        self.gap = False
        self.branched = False
        self._came = came
        self.upto = 0
        self._ended_upto = 0
        self._placed: set[str] = set()

    def hear(self, command: Command, turn: TurnDocument | None) -> None:
        """Take in that a turn was accepted, also where it could not be read."""
        self._end_upto(command.number)
        if turn is not None:
            self.accept(turn)
        if command.breath:
            self.waiting.breathe()

    def accept(self, turn: TurnDocument) -> None:
        """Take in a turn, or a newer version of one."""
        if not turn.open:
            return
        self.gap = self.gap or turn.number > self.upto + 1
        self.upto = max(self.upto, turn.number)
        self.branched = self.branched or turn.forked
        self.show(turn)
        if self.current is not None and self.current.turn.id == turn.id:
            self.current.join(turn)
        else:
            self.waiting.add(turn)
            self._came()
        self._end_upto(turn.ends_upto)

    def stop(self, turn_id: str | None, *, messages: int = 0) -> None:
        """End a turn, or the one that is being answered or comes next.

        With `messages` it is answered after all if more join it.
        """
        current = self.current.turn.id if self.current is not None else None
        first = self.waiting.first.id if self.waiting.first is not None else None
        turn_id = turn_id or current or first
        if turn_id is None:
            return
        # also what has not come yet: it may be overtaken by its stop
        self.waiting.stop(turn_id, messages=messages)
        if turn_id == current and self.current is not None:
            self.current.end(messages=messages)
        elif turn_id == first:
            self.slot.request()

    def clear(self) -> None:
        """End all: the session was deleted."""
        self.waiting.clear()
        self.slot.request()
        if self.current is not None:
            self.current.end()

    def show(self, turn: TurnDocument) -> None:
        """Tell readers of messages they have not seen; the user has said what was being typed."""
        if not self._held_back(turn) and self.telling.messages(turn):
            self.waiting.spoken()

    def show_waiting(self) -> None:
        """Tell readers of what waits."""
        for turn in self.waiting:
            self.show(turn)

    def placed(self, turn: TurnDocument) -> bool:
        """Tell whether readers may see a turn: a fork once what it takes out is in their view."""
        return not turn.forked or turn.id in self._placed

    def place(self, turn: TurnDocument) -> None:
        """Know that readers may see a fork."""
        self._placed.add(turn.id)

    def _end_upto(self, number: int) -> None:
        """End open turns up to a number, also those that are heard of later."""
        self._ended_upto = max(self._ended_upto, number)
        for each in (*self._answered(), *self.waiting):
            if each.number <= self._ended_upto:
                self.stop(each.id)

    def _held_back(self, turn: TurnDocument) -> bool:
        """Tell whether a fork that readers may not see yet would take a turn out of the view.

        Where a turn before it is not known yet, that may be such a fork.
        """
        current = self._answered()
        if self.gap and all(turn.id != each.id for each in current):
            return True
        running = self.telling.writer.tail.running.turn_id
        return not self.placed(turn) or any(
            each.supersedes is not None and each.number < turn.number and each.id != running
            for each in (*current, *self.waiting)
        )

    def _answered(self) -> list[TurnDocument]:
        return [self.current.turn] if self.current is not None else []
