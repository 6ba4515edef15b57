"""The composition root: every part is made here, once, and handed to those that need it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from msgspec import structs

from app.background import for_ever, leave
from app.embedded import embedded
from app.encoding import router_of
from app.ground import Ground, open_ground
from app.health import HealthCheck
from app.product import Product
from app.pushing.wiring import DRAIN_S, Pushing, open_push
from app.release import release
from app.rooms import Rooms, open_rooms
from app.settings import Settings
from app.stores import open_client, open_documents
from app.telemetry.logs import logged_tasks
from sessions.bookmarks import Bookmarks
from sessions.clock import Clock, SystemClock
from sessions.digests import Digests
from sessions.erasure.export import Export
from sessions.jotting import Jotting
from sessions.memory.retelling import Retelling
from sessions.memory.shown import ShownMemory
from sessions.personas.catalogue import Catalogue, load_catalogue
from sessions.tasks import Tasks
from sessions.threads import Threads
from sessions.warming import load_starters, warm

__all__ = ["assembled", "running", "sending"]


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    clock: Clock | None = None,
    catalogue: Catalogue | None = None,
    starters: Sequence[str] | None = None,
) -> AsyncIterator[Product]:
    """Start all that the settings ask for in this process, and stop it in the opposite order.

    Without a `clock` it is the machine's, without a `catalogue` or `starters` the packaged ones.
    Raises DataDirBusyError, SettingsError, StoreUnavailable, LogUnavailable.
    """
    async with (
        embedded(settings) as shared,
        assembled(shared, clock=clock, catalogue=catalogue, starters=starters) as product,
    ):
        yield product


@asynccontextmanager
async def assembled(
    settings: Settings,
    *,
    clock: Clock | None = None,
    catalogue: Catalogue | None = None,
    starters: Sequence[str] | None = None,
) -> AsyncIterator[Product]:
    """Start all parts on stores that run already, yield the product, and stop the parts.

    Any number of processes may do so on the same stores. Without a `catalogue` and `starters` they
    are the packaged ones.
    Raises SettingsError, StoreUnavailable, LogUnavailable.
    """
    async with AsyncExitStack() as stack:
        ground = await open_ground(
            settings,
            stack,
            clock=clock or SystemClock(),
            catalogue=catalogue or load_catalogue(),
        )
        rooms = await open_rooms(ground, stack)
        tasks = ground.tasks
        texts = load_starters() if starters is None else starters
        tasks.start(warm(rooms.oneshot, texts), name="warm the cache")
        for name, work in rooms.loops.items():
            tasks.start(for_ever(name, work), name=name)
        stack.push_async_callback(tasks.cancel)
        _start_push(rooms.pushing, tasks, stack)
        stack.push_async_callback(rooms.answering.owners.drain, deadline_s=0)
        yield _product(ground, rooms)


@asynccontextmanager
async def sending(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Pushing]:
    """Start what hands over and sends notifications and nothing else, on stores that run already.

    Raises SettingsError, StoreUnavailable.
    """
    async with AsyncExitStack() as stack:
        tasks = logged_tasks()
        stack.push_async_callback(tasks.cancel)
        redis = open_client(settings, most=4)
        stack.push_async_callback(redis.aclose)
        pushing = await open_push(
            structs.replace(settings, push_worker="inside"),
            stack,
            documents=await open_documents(settings, stack),
            redis=redis,
            clock=clock or SystemClock(),
            tasks=tasks,
            catalogue=load_catalogue(),
        )
        stack.push_async_callback(tasks.cancel)
        _start_push(pushing, tasks, stack)
        yield pushing


def _start_push(pushing: Pushing, tasks: Tasks, stack: AsyncExitStack) -> None:
    """Run the loops of push; at the end of `stack` requests that are on their way may end."""
    loops = [tasks.start(for_ever(name, work), name=name) for name, work in pushing.loops.items()]
    stack.push_async_callback(leave, loops, patience_s=DRAIN_S)


def _product(ground: Ground, rooms: Rooms) -> Product:
    documents, clock = ground.documents, ground.clock
    answering, pushing, remembering = rooms.answering, rooms.pushing, rooms.remembering
    bookmarks = Bookmarks(documents=documents, clock=clock)
    return Product(
        settings=ground.settings,
        clock=clock,
        tasks=ground.tasks,
        sessions=answering.sessions,
        threads=Threads(documents=documents, bookmarks=bookmarks, clock=clock),
        bookmarks=bookmarks,
        accounts=rooms.doors.accounts,
        sites=rooms.doors.sites,
        sign_in=rooms.doors.sign_in,
        merges=rooms.doors.merges,
        catalogue=ground.catalogue,
        profiles=rooms.learning.profiles,
        facts=remembering.facts,
        retelling=Retelling(documents=documents, clock=clock, tell=answering.owners.tell),
        recall=remembering.recall,
        shown_memory=ShownMemory(documents),
        experiments=rooms.learning.experiments,
        limits=ground.stores.limits,
        near_limits=ground.stores.near_limits,
        cache=ground.stores.cache,
        oneshot=rooms.oneshot,
        advice=rooms.learning.advice,
        digests=Digests(documents),
        erasures=rooms.erasing.erasures,
        ended=rooms.erasing.ended,
        export=Export(
            documents=documents, names=ground.names, clock=clock, push=pushing.forgetting
        ),
        jotting=Jotting(documents=documents, clock=clock),
        push=pushing.push,
        phones=pushing.phones,
        agreements=rooms.first.agreements,
        plans=rooms.first.plans,
        outbox=pushing.outbox,
        ledger=pushing.ledger,
        lanes=pushing.lanes,
        owners=answering.owners,
        health=_health(ground),
    )


def _health(ground: Ground) -> HealthCheck:
    return HealthCheck(
        documents=ground.documents,
        store=ground.stores.log,
        clock=ground.clock,
        llm=ground.provider.name,
        router=router_of(ground.catalogue.model, ground.embedder),
        version=release(),
    )
