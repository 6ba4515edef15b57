"""The parts that erase what a user leaves, made once."""

from collections.abc import Mapping

from msgspec import Struct

from sessions.clock import Clock
from sessions.erasure.cascade import Cascade
from sessions.erasure.emptying import Emptying
from sessions.erasure.ended import Ended
from sessions.erasure.eraser import Eraser
from sessions.erasure.erasures import Erasures
from sessions.erasure.ports import FileScrub
from sessions.erasure.scrubber import Scrubber
from sessions.experiments.experiments import Experiments
from sessions.memory.forgetting import Forgetting
from sessions.owners import Owners
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.service import Sessions
from sessions.stores.cache import Cache
from sessions.stores.documents import Documents
from sessions.stores.log import LogStore
from sessions.tasks import Tasks

__all__ = ["Erasing", "open_erasing"]


class Erasing(Struct, frozen=True, kw_only=True):
    """What the rest of the product needs of erasure."""

    erasures: Erasures
    ended: Ended
    scrubber: Scrubber


async def open_erasing(
    *,
    documents: Documents,
    files: Mapping[str, FileScrub],
    store: LogStore,
    sessions: Sessions,
    owners: Owners,
    cascade: Cascade,
    experiments: Experiments,
    cache: Cache,
    memory: Forgetting,
    names: Pseudonyms,
    clock: Clock,
    tasks: Tasks,
) -> Erasing:
    """Make all parts of erasure, and learn who has been erased; raises StoreUnavailable.

    `files` are where bytes of what was deleted may lie, by their names.
    """
    emptying = Emptying(
        documents=documents, store=store, owners=owners, cascade=cascade, clock=clock
    )
    eraser = Eraser(
        documents=documents,
        store=store,
        shelf=sessions,
        cascade=cascade,
        emptying=emptying,
        experiments=experiments,
        cache=cache,
        memory=memory,
    )
    scrubber = Scrubber(files, clock=clock)
    ended = Ended(documents=documents, names=names, clock=clock)
    await ended.refresh()
    erasures = Erasures(
        documents=documents,
        eraser=eraser,
        emptying=emptying,
        scrubber=scrubber,
        ended=ended,
        names=names,
        clock=clock,
        tasks=tasks,
    )
    return Erasing(erasures=erasures, ended=ended, scrubber=scrubber)
