"""The parts that erase what a user leaves, made once."""

from functools import partial

from msgspec import Struct

from app.background import Loops, every, finish_deletions
from app.ground import Ground
from sessions.deletions import Deletions
from sessions.erasure.cascade import Cascade
from sessions.erasure.emptying import Emptying
from sessions.erasure.ended import Ended
from sessions.erasure.eraser import Eraser
from sessions.erasure.erasures import Erasures
from sessions.erasure.scrubber import Scrubber
from sessions.experiments.experiments import Experiments
from sessions.memory.forgetting import Forgetting
from sessions.owners import Owners

__all__ = ["Erasing", "open_erasing"]

_GO_ON_ERASING_S = 2
_HEAR_OF_ENDED_S = 1


class Erasing(Struct, frozen=True, kw_only=True):
    """What the rest of the product needs of erasure; `loops` run as long as the process."""

    erasures: Erasures
    ended: Ended
    loops: Loops


async def open_erasing(
    ground: Ground,
    *,
    deletions: Deletions,
    owners: Owners,
    cascade: Cascade,
    experiments: Experiments,
    memory: Forgetting,
) -> Erasing:
    """Make all parts of erasure, and learn who has been erased; raises StoreUnavailable."""
    documents, store, clock = ground.documents, ground.stores.log, ground.clock
    emptying = Emptying(
        documents=documents, store=store, owners=owners, cascade=cascade, clock=clock
    )
    eraser = Eraser(
        documents=documents,
        store=store,
        deletions=deletions,
        cascade=cascade,
        emptying=emptying,
        experiments=experiments,
        cache=ground.stores.cache,
        memory=memory,
    )
    scrubber = Scrubber(ground.stores.files, clock=clock)
    ended = Ended(documents=documents, names=ground.names, clock=clock)
    await ended.refresh()
    erasures = Erasures(
        documents=documents,
        eraser=eraser,
        emptying=emptying,
        scrubber=scrubber,
        ended=ended,
        names=ground.names,
        clock=clock,
        tasks=ground.tasks,
    )
    loops = {
        "go on erasing": partial(every, _GO_ON_ERASING_S, erasures.resume),
        "hear of ended": partial(every, _HEAR_OF_ENDED_S, ended.refresh),
        "finish deletions": partial(finish_deletions, deletions, scrubber),
    }
    return Erasing(erasures=erasures, ended=ended, loops=loops)
