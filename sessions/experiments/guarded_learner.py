"""A learner that has the guards of experiments count the turns it is told of."""

from sessions.archive import SessionDocument, TurnDocument
from sessions.clock import Clock
from sessions.profiles.documents import Chosen, ProfileDocument
from sessions.profiles.learner import Learner
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.documents import Documents

from .guards import Guards

__all__ = ["GuardedLearner"]


class GuardedLearner(Learner):
    """Learns as any learner does; turns from which nothing is learned are counted too."""

    def __init__(
        self, *, documents: Documents, clock: Clock, names: Pseudonyms, guards: Guards
    ) -> None:
        super().__init__(documents=documents, clock=clock, names=names)
        self._guards = guards

    async def ended(
        self,
        turn: TurnDocument,
        session: SessionDocument,
        chosen: Chosen | None,
        *,
        known: ProfileDocument | None = None,
    ) -> None:
        """Count a turn that has ended, and learn from it; never raises StoreError."""
        self._guards.ended(turn)
        await super().ended(turn, session, chosen, known=known)
