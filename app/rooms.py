"""The rooms of the product: each a handful of parts that belong together, made in its module."""

from contextlib import AsyncExitStack

from msgspec import Struct

from app.answering import AnsweringRoom, open_answering
from app.background import Loops
from app.erasing import Erasing, open_erasing
from app.ground import Ground
from app.learning import Learning, open_learning
from app.pushing.first import First, open_first
from app.pushing.news import AccountNews
from app.pushing.wiring import Pushing, open_push
from app.release import release
from app.remembering import MemoryRoom, open_memory
from app.sites.wiring import Doors, open_doors
from sessions.erasure.cascade import Cascade
from sessions.oneshot import OneShot
from sessions.packaged import package_hash

__all__ = ["Rooms", "open_rooms"]


class Rooms(Struct, frozen=True, kw_only=True):
    """All rooms; those that come later know those before."""

    pushing: Pushing
    learning: Learning
    remembering: MemoryRoom
    answering: AnsweringRoom
    first: First
    oneshot: OneShot
    erasing: Erasing
    doors: Doors

    @property
    def loops(self) -> Loops:
        """What runs as long as the process, but for push, which ends in its own way."""
        return {
            **self.answering.loops,
            **self.remembering.loops,
            **self.erasing.loops,
            **self.learning.loops,
            **self.first.loops,
            **self.doors.loops,
        }


async def open_rooms(ground: Ground, stack: AsyncExitStack) -> Rooms:
    """Open all rooms until `stack` ends; raises SettingsError, StoreUnavailable."""
    pushing = await open_push(
        ground.settings,
        stack,
        documents=ground.documents,
        redis=ground.stores.counters,
        clock=ground.clock,
        tasks=ground.tasks,
        catalogue=ground.catalogue,
    )
    learning = open_learning(ground)
    remembering = open_memory(ground)
    cascade = Cascade(
        documents=ground.documents,
        clock=ground.clock,
        names=ground.names,
        memory=remembering.forgetting,
        push=pushing.forgetting,
    )
    answering = open_answering(
        ground,
        learner=learning.learner,
        memory=remembering.memory,
        cascade=cascade,
        reach=pushing.reach,
    )
    erasing = await open_erasing(
        ground,
        deletions=answering.deletions,
        owners=answering.owners,
        cascade=cascade,
        experiments=learning.experiments,
        memory=remembering.forgetting,
    )
    doors = await open_doors(
        ground,
        stack,
        remembered=remembering.moving,
        cascade=cascade,
        experiments=learning.experiments,
        erasures=erasing.erasures,
        ended=erasing.ended,
        news=AccountNews(outbox=pushing.outbox, reach=pushing.reach),
    )
    first = open_first(
        documents=ground.documents,
        clock=ground.clock,
        catalogue=ground.catalogue,
        facts=remembering.facts,
        sessions=answering.sessions,
        conversations=pushing.conversations,
    )
    return Rooms(
        pushing=pushing,
        learning=learning,
        remembering=remembering,
        answering=answering,
        first=first,
        oneshot=_oneshot(ground, learning, answering),
        erasing=erasing,
        doors=doors,
    )


def _oneshot(ground: Ground, learning: Learning, answering: AnsweringRoom) -> OneShot:
    return OneShot(
        provider=ground.provider,
        catalogue=ground.catalogue,
        admission=answering.admission,
        budget=ground.budget,
        cache=ground.stores.cache,
        learner=learning.learner,
        clock=ground.clock,
        release=f"{release()} {package_hash()} {ground.settings.llm_models}",
        embedder=ground.embedder,
        budgets=ground.budgets,
    )
