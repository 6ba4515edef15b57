"""What running experiments do to turns: how many fail, how long they take, and when to end them."""

from datetime import datetime

import structlog

from sessions.archive import TurnDocument
from sessions.errors import Conflict, NotFound

from .canary import broken, roll_back
from .experiments import Experiments

__all__ = ["TURN_FAILED", "TURN_MS", "Guards"]

# The metrics that an experiment may name and that are recorded of every turn.
TURN_FAILED = "turn_failed"
TURN_MS = "turn_ms"

log = structlog.get_logger(__name__)
_MOST = 10_000
_ANSWERED = ("stop", "length")


class Guards:
    """Counts turns in memory, writes them down every so often, and rolls back what does harm.

    What a process counted since it wrote last is lost when it ends; at most 10,000 users' figures
    are held. A user that was given no variant is not written down.
    """

    def __init__(self, experiments: Experiments) -> None:
        self._experiments = experiments
        self._held: dict[tuple[str, str], tuple[float, int]] = {}

    @property
    def held(self) -> int:
        """Return how many figures wait to be written."""
        return len(self._held)

    def ended(self, turn: TurnDocument) -> None:
        """Count a turn that has ended; one that the user stopped tells nothing."""
        if turn.state not in ("done", "failed"):
            return
        self._count(TURN_FAILED, turn.user_id, float(turn.failure is not None))
        if turn.answer is not None and turn.answer.finish_reason in _ANSWERED:
            took_ms = _ms(turn.created_at, turn.answer.created_at)
            self._count(TURN_MS, turn.user_id, took_ms)

    async def write(self) -> None:
        """Write down what was counted; what can't be written now is left out."""
        held, self._held = self._held, {}
        for (metric, user_id), (total, count) in held.items():
            await self._experiments.record(metric, user_id, total, count=count)

    async def judge(self) -> None:
        """Roll back the running experiments of which a guard is broken; raises StoreUnavailable."""
        for name in self._experiments.guarded():
            reason = broken((await self._experiments.report(name))[1])
            if reason is None:
                continue
            try:
                await self._experiments.change(name, roll_back, reason=reason)
            except (Conflict, NotFound):
                continue  # another process was first
            log.error("experiment_rolled_back", experiment=name, reason=reason)
        await self._experiments.refresh()

    def _count(self, metric: str, user_id: str, value: float) -> None:
        if not self._experiments.measures(metric, user_id):
            return
        key = (metric, user_id)
        if key not in self._held and len(self._held) >= _MOST:
            return
        total, count = self._held.get(key, (0.0, 0))
        self._held[key] = (total + value, count + 1)


def _ms(begun: datetime, ended: datetime) -> float:
    return max(0.0, (ended - begun).total_seconds() * 1000)
