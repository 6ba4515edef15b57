"""The composition root: every part is made here, once, and handed to those that need it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from secrets import token_hex

import structlog
from msgspec import structs

from app.background import every, finish_deletions, for_ever, leave
from app.counting import open_counter
from app.embedded import embedded
from app.encoding import open_encoder, router_of
from app.erasing import open_erasing
from app.health import HealthCheck
from app.product import Product
from app.providers import open_provider
from app.pushing.first import open_first
from app.pushing.news import AccountNews
from app.pushing.wiring import DRAIN_S, Pushing, open_push
from app.release import release
from app.remembering import open_memory
from app.settings import Settings
from app.sites.wiring import open_doors
from app.stores import open_client, open_documents
from app.telemetry.logs import logged_tasks
from sessions.admission import Admission
from sessions.advice import Advice
from sessions.bookmarks import Bookmarks
from sessions.budget import Budget
from sessions.chronicle import Chronicle
from sessions.clock import Clock, SystemClock
from sessions.digests import Digests
from sessions.embedding import ThreadedEmbedder
from sessions.erasure.cascade import Cascade
from sessions.erasure.export import Export
from sessions.experiments.experiments import Experiments
from sessions.experiments.guarded_learner import GuardedLearner
from sessions.experiments.guards import Guards
from sessions.jotting import Jotting
from sessions.lane import Lane
from sessions.life import Life
from sessions.log import Logs
from sessions.memory.retelling import Retelling
from sessions.memory.shown import ShownMemory
from sessions.oneshot import OneShot
from sessions.owners import Owners
from sessions.packaged import package_hash
from sessions.personas.catalogue import Catalogue, load_catalogue
from sessions.personas.prompts.budget import Budgets
from sessions.profiles.profiles import Profiles
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.service import Sessions
from sessions.stores.cache import Cache
from sessions.stores.local_limits import LocalLimits
from sessions.stores.redis_cache import RedisCache
from sessions.stores.redis_files import RedisFiles
from sessions.stores.redis_limits import RedisLimits
from sessions.stores.redis_log import RedisLog
from sessions.tasks import Tasks
from sessions.threads import Threads
from sessions.turn import TurnEngine
from sessions.warming import load_starters, warm

__all__ = ["assembled", "running", "sending"]

log = structlog.get_logger(__name__)
_TAKE_POLICY_S = 60
_TAKE_EXPERIMENTS_S = 10
_WRITE_GUARDS_S = 30
_JUDGE_EXPERIMENTS_S = 300
_FORGET_STALE_S = 3600
# well below a lease, or one connection that is half open would end them all
_URGENT_S = 2
_FORGET_PRIVATE_S = 60
_GO_ON_ERASING_S = 2
_HEAR_OF_ENDED_S = 1


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
        clock = clock or SystemClock()
        tasks = logged_tasks()
        stack.push_async_callback(tasks.cancel)
        documents = await open_documents(settings, stack, sweep_in=tasks)
        redis, urgent = open_client(settings), open_client(settings, most=4, patience_s=_URGENT_S)
        caching, limiting = open_client(settings, most=8), open_client(settings, most=8)
        stack.push_async_callback(redis.aclose)
        stack.push_async_callback(urgent.aclose)
        stack.push_async_callback(caching.aclose)
        stack.push_async_callback(limiting.aclose)
        store = RedisLog(redis, urgent=urgent, process=f"p{token_hex(6)}", clock=clock)
        stack.push_async_callback(store.aclose)
        limits = RedisLimits(limiting, clock=clock)
        stack.push_async_callback(limits.aclose)
        provider = open_provider(settings, clock)
        stack.push_async_callback(provider.aclose)
        catalogue = catalogue or load_catalogue()
        pushing = await open_push(
            settings,
            stack,
            documents=documents,
            redis=limiting,
            clock=clock,
            tasks=tasks,
            catalogue=catalogue,
        )
        encoder = open_encoder(catalogue.model) if settings.encoder == "auto" else None
        embedder = ThreadedEmbedder(encoder) if encoder is not None else None
        if catalogue.model is None:
            log.warning("routing_model_not_used")
        if embedder is not None:
            stack.callback(embedder.close)
        budgets = Budgets(count=open_counter(settings))
        names = Pseudonyms(settings.secret_key)
        advice = Advice(documents=documents, clock=clock, names=names)
        experiments = Experiments(documents=documents, clock=clock, names=names)
        guards = Guards(experiments)
        learner = GuardedLearner(documents=documents, clock=clock, names=names, guards=guards)
        profiles = Profiles(
            documents=documents,
            clock=clock,
            names=names,
            catalogue=catalogue,
            advice=advice,
            experiments=experiments,
        )
        budget = Budget(documents=documents, clock=clock, tokens_a_day=settings.tokens_a_day)
        lane = Lane()
        # an engine that is no language model has nothing to tell
        telling = provider if settings.llm == "openai" else None
        remembering = open_memory(
            documents=documents,
            clock=clock,
            tasks=tasks,
            secret=settings.secret_key,
            embedder=embedder,
            catalogue=catalogue,
            budget=budget,
            lane=lane,
            extracting=telling,
        )
        memory = remembering.memory
        cascade = Cascade(
            documents=documents,
            clock=clock,
            names=names,
            memory=remembering.forgetting,
            push=pushing.forgetting,
        )
        logs = Logs(store, clock=clock)
        life = Life(ttl=timedelta(hours=settings.session_ttl_hours))
        engine = TurnEngine(
            documents=documents,
            provider=provider,
            catalogue=catalogue,
            learner=learner,
            clock=clock,
            embedder=embedder,
            memory=memory,
            budgets=budgets,
            lane=lane,
            reach=pushing.reach,
        )
        engine.warm_up()
        admission = Admission(clock=clock, max_turns=settings.max_turns)
        chronicle = (
            Chronicle(documents=documents, provider=telling, budget=budget, clock=clock)
            if telling is not None
            else None
        )
        owners = Owners(
            store=store,
            documents=documents,
            logs=logs,
            engine=engine,
            admission=admission,
            budget=budget,
            learner=learner,
            clock=clock,
            tasks=tasks,
            memory=memory,
            life=life,
            chronicle=chronicle,
        )
        sessions = Sessions(
            documents=documents,
            store=store,
            logs=logs,
            owners=owners,
            admission=admission,
            budget=budget,
            learner=learner,
            catalogue=catalogue,
            cascade=cascade,
            clock=clock,
            tasks=tasks,
            life=life,
            reach=pushing.reach,
        )
        first = open_first(
            documents=documents,
            clock=clock,
            catalogue=catalogue,
            facts=remembering.facts,
            sessions=sessions,
            conversations=pushing.conversations,
        )
        cache = Cache(RedisCache(caching), clock=clock, secret=settings.secret_key.encode())
        oneshot = OneShot(
            provider=provider,
            catalogue=catalogue,
            admission=admission,
            budget=budget,
            cache=cache,
            learner=learner,
            clock=clock,
            release=f"{release()} {package_hash()} {settings.llm_models}",
            embedder=embedder,
            budgets=budgets,
        )
        texts = load_starters() if starters is None else starters
        tasks.start(warm(oneshot, texts), name="warm the cache")
        erasing = await open_erasing(
            documents=documents,
            files={"documents": documents, "log": RedisFiles(redis)},
            store=store,
            sessions=sessions,
            owners=owners,
            cascade=cascade,
            experiments=experiments,
            cache=cache,
            memory=remembering.forgetting,
            names=names,
            clock=clock,
            tasks=tasks,
        )
        erasures, ended = erasing.erasures, erasing.ended
        doors = await open_doors(
            stack,
            documents=documents,
            clock=clock,
            tasks=tasks,
            secret=settings.secret_key,
            development=settings.env == "development",
            oidc_issuers=settings.oidc_issuers,
            names=names,
            remembered=remembering.moving,
            cascade=cascade,
            experiments=experiments,
            cache=cache,
            erasures=erasures,
            ended=ended,
            news=AccountNews(outbox=pushing.outbox, reach=pushing.reach),
        )
        bookmarks = Bookmarks(documents=documents, clock=clock)
        background: dict[str, Callable[[], Awaitable[None]]] = {
            "flusher": logs.flusher.run,
            "poll": logs.poll,
            "heartbeat": owners.heartbeat,
            "watch over": owners.watch_over,
            "bells": owners.answer_bells,
            "index turns": memory.backlog.run,
            "forget private": partial(every, _FORGET_PRIVATE_S, sessions.forget_private),
            "go on erasing": partial(every, _GO_ON_ERASING_S, erasures.resume),
            "hear of ended": partial(every, _HEAR_OF_ENDED_S, ended.refresh),
            "finish deletions": partial(finish_deletions, sessions, erasing.scrubber),
            "take experiments": partial(every, _TAKE_EXPERIMENTS_S, experiments.refresh),
            "write guards": partial(every, _WRITE_GUARDS_S, guards.write),
            "judge experiments": partial(every, _JUDGE_EXPERIMENTS_S, guards.judge),
            "take policy": partial(every, _TAKE_POLICY_S, learner.take_policy),
            "forget stale": partial(every, _FORGET_STALE_S, profiles.forget_stale),
            **first.loops,
            **doors.loops,
        }
        for name, work in background.items():
            tasks.start(for_ever(name, work), name=name)
        stack.push_async_callback(tasks.cancel)
        _start_push(pushing, tasks, stack)
        stack.push_async_callback(owners.drain, deadline_s=0)
        yield Product(
            settings=settings,
            clock=clock,
            tasks=tasks,
            sessions=sessions,
            threads=Threads(documents=documents, bookmarks=bookmarks, clock=clock),
            bookmarks=bookmarks,
            accounts=doors.accounts,
            sites=doors.sites,
            sign_in=doors.sign_in,
            merges=doors.merges,
            catalogue=catalogue,
            profiles=profiles,
            facts=remembering.facts,
            retelling=Retelling(documents=documents, clock=clock, tell=owners.tell),
            recall=remembering.recall,
            shown_memory=ShownMemory(documents),
            experiments=experiments,
            limits=limits,
            near_limits=LocalLimits(clock=clock),
            cache=cache,
            oneshot=oneshot,
            advice=advice,
            digests=Digests(documents),
            erasures=erasures,
            ended=ended,
            export=Export(documents=documents, names=names, clock=clock, push=pushing.forgetting),
            jotting=Jotting(documents=documents, clock=clock),
            push=pushing.push,
            phones=pushing.phones,
            agreements=first.agreements,
            plans=first.plans,
            outbox=pushing.outbox,
            ledger=pushing.ledger,
            lanes=pushing.lanes,
            owners=owners,
            health=HealthCheck(
                documents=documents,
                store=store,
                clock=clock,
                llm=provider.name,
                router=router_of(catalogue.model, embedder),
                version=release(),
            ),
        )


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
