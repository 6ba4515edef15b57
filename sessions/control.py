"""What the owner of a session holds of the turn that is being answered."""

from collections.abc import Awaitable, Callable

from sessions.archive import TurnDocument
from sessions.conversation import Summary
from sessions.profiles.documents import Chosen, ProfileDocument
from sessions.stop import Stop

__all__ = ["Control"]


class Control:
    """Stop a running turn, or have it begin anew with the messages that joined it.

    `turn` is the document it is answered from, `summary` that of the branch before it, once known,
    `chosen` how its persona was chosen, None as long as nothing was, `profile` what was known then.
    `to_tell` is whether the user may have to be told of the answer elsewhere.
    `started` is called when readers are told that it runs; `released` waits while the user is still
    writing; `joined` is called with a newer document before the turn begins anew from it.
    """

    def __init__(
        self,
        turn: TurnDocument,
        *,
        started: Callable[[], None],
        released: Callable[[], Awaitable[None]],
        joined: Callable[[TurnDocument], None],
    ) -> None:
        self.turn = turn
        self.summary: Summary | None = None
        self.chosen: Chosen | None = None
        self.profile: ProfileDocument | None = None
        self.to_tell = False
        self.stop = Stop()
        self._stopped_with = 0
        self.started = started
        self.released = released
        self._joined = joined

    def join(self, turn: TurnDocument) -> None:
        """Begin anew if `turn` holds messages that are not being answered yet."""
        if len(turn.messages) > len(self.turn.messages):
            self.stop.recall()

    def end(self, *, messages: int = 0) -> None:
        """Stop the turn; with `messages` only as long as it holds no more."""
        if 0 < messages < len(self.turn.messages):
            return
        before = self._stopped_with if self.stop.requested else messages
        self._stopped_with = 0 if 0 in (before, messages) else max(before, messages)
        self.stop.request()

    def renew(self, turn: TurnDocument) -> None:
        """Go on from a newer document."""
        if 0 < self._stopped_with < len(turn.messages):
            self.stop, self._stopped_with = Stop(), 0
        self.turn = turn
        self._joined(turn)
