"""The parts that answer in sessions, made once: the engine, the logs, who owns which session."""

from datetime import timedelta
from functools import partial

from msgspec import Struct

from app.background import Loops, every
from app.ground import Ground
from sessions.admission import Admission
from sessions.chronicle import Chronicle
from sessions.deletions import Deletions
from sessions.erasure.cascade import Cascade
from sessions.life import Life
from sessions.log import Logs
from sessions.memory.memory import Memory
from sessions.owners import Owners
from sessions.profiles.learner import Learner
from sessions.reach import Reach
from sessions.service import Sessions
from sessions.turn import TurnEngine

__all__ = ["AnsweringRoom", "open_answering"]

_FORGET_PRIVATE_S = 60


class AnsweringRoom(Struct, frozen=True, kw_only=True):
    """What the rest of the product needs of sessions; `loops` run as long as the process."""

    admission: Admission
    owners: Owners
    sessions: Sessions
    deletions: Deletions
    loops: Loops


def open_answering(
    ground: Ground, *, learner: Learner, memory: Memory, cascade: Cascade, reach: Reach
) -> AnsweringRoom:
    """Make all parts that answer."""
    clock = ground.clock
    logs = Logs(ground.stores.log, clock=clock)
    life = Life(ttl=timedelta(hours=ground.settings.session_ttl_hours))
    engine = TurnEngine(
        documents=ground.documents,
        provider=ground.provider,
        catalogue=ground.catalogue,
        learner=learner,
        clock=clock,
        embedder=ground.embedder,
        memory=memory,
        budgets=ground.budgets,
        lane=ground.lane,
        reach=reach,
    )
    engine.warm_up()
    admission = Admission(clock=clock, max_turns=ground.settings.max_turns)
    owners = Owners(
        store=ground.stores.log,
        documents=ground.documents,
        logs=logs,
        engine=engine,
        admission=admission,
        budget=ground.budget,
        learner=learner,
        clock=clock,
        tasks=ground.tasks,
        memory=memory,
        life=life,
        chronicle=_chronicle(ground),
    )
    deletions = Deletions(
        documents=ground.documents,
        owners=owners,
        cascade=cascade,
        clock=clock,
        tasks=ground.tasks,
        life=life,
    )
    sessions = Sessions(
        documents=ground.documents,
        store=ground.stores.log,
        logs=logs,
        owners=owners,
        admission=admission,
        budget=ground.budget,
        learner=learner,
        catalogue=ground.catalogue,
        deletions=deletions,
        clock=clock,
        tasks=ground.tasks,
        life=life,
        reach=reach,
    )
    loops: Loops = {
        "flusher": logs.flusher.run,
        "poll": logs.poll,
        "heartbeat": owners.heartbeat,
        "watch over": owners.watch_over,
        "bells": owners.answer_bells,
        "forget private": partial(every, _FORGET_PRIVATE_S, deletions.forget_private),
    }
    return AnsweringRoom(
        admission=admission, owners=owners, sessions=sessions, deletions=deletions, loops=loops
    )


def _chronicle(ground: Ground) -> Chronicle | None:
    if ground.telling is None:
        return None
    return Chronicle(
        documents=ground.documents,
        provider=ground.telling,
        budget=ground.budget,
        clock=ground.clock,
    )
