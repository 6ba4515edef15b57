"""The parts of push, made once: who is told, what is put, who sends it."""

import re
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from random import Random

from msgspec import Struct
from redis.asyncio import Redis

from app.background import Loop, Loops, every
from app.pushing.conversations import DocumentConversations
from app.pushing.forgetting import PushForgetting
from app.pushing.handover import Handover
from app.pushing.phones import Phones
from app.pushing.presence import Presence
from app.pushing.push import Push
from app.pushing.reach import PushReach
from app.pushing.senders import check_address, open_senders
from app.settings import Settings
from push.budgets import Budgets
from push.clearing import Clearing
from push.devices import Devices
from push.doorbell import LocalDoorbell
from push.lanes import Lanes
from push.ledger import Ledger
from push.outbox import Outbox
from push.settings import NotificationSettings
from push.tally import Tally
from push.worker import Worker
from sessions.clock import Clock
from sessions.life import Life
from sessions.personas.catalogue import Catalogue
from sessions.reach import Nobody, Reach
from sessions.stores.documents import Documents
from sessions.stores.redis_seats import RedisSeats
from sessions.tasks import Tasks

__all__ = ["DRAIN_S", "Pushing", "open_push"]

# so long requests that are on their way may take when the process ends
DRAIN_S = 6.0
_HAND_OVER_S = 1


class Pushing(Struct, frozen=True, kw_only=True):
    """What the rest of the product needs of push; `loops` run as long as the process."""

    push: Push
    phones: Phones
    outbox: Outbox
    ledger: Ledger
    lanes: Lanes
    reach: Reach
    forgetting: PushForgetting
    conversations: DocumentConversations
    loops: Loops


async def open_push(
    settings: Settings,
    stack: AsyncExitStack,
    *,
    documents: Documents,
    redis: Redis,
    clock: Clock,
    tasks: Tasks,
    catalogue: Catalogue,
) -> Pushing:
    """Make all parts of push, which end with `stack`; raises SettingsError."""
    tally, bell = Tally(), LocalDoorbell()
    seats = RedisSeats(redis)
    stack.push_async_callback(seats.aclose)
    presence = Presence(seats, clock=clock, tasks=tasks)
    conversations = DocumentConversations(
        documents=documents,
        presence=presence,
        clock=clock,
        life=Life(ttl=timedelta(hours=settings.session_ttl_hours)),
    )
    outbox = Outbox(documents=documents, clock=clock, doorbell=bell, tally=tally)
    devices = Devices(documents=documents, clock=clock)
    senders = await open_senders(settings, stack, clock=clock, tasks=tasks)
    wishes = NotificationSettings(documents=documents, clock=clock)
    push = Push(
        devices=devices,
        settings=wishes,
        outbox=outbox,
        conversations=conversations,
        senders=senders.by_kind,
        clock=clock,
        web_push_key=senders.web_push_key,
        check=check_address,
    )
    reach = PushReach(
        documents=documents, settings=wishes, presence=presence, outbox=outbox, tasks=tasks
    )
    handover = Handover(documents=documents, outbox=outbox, clock=clock)
    is_on = settings.push != "off"
    clearing = Clearing(documents=documents, clock=clock, doorbell=bell, tally=tally, is_on=is_on)
    worker = Worker(
        documents=documents,
        devices=devices,
        settings=wishes,
        budgets=Budgets(documents, clock, conversations.wrote_since),
        conversations=conversations,
        senders=senders.by_kind,
        doorbell=bell,
        tally=tally,
        clock=clock,
        tasks=tasks,
        name_of=partial(_named, catalogue),
        random=Random(),  # noqa: S311 - spreads retries, guards nothing
        drain_s=DRAIN_S - 1,
    )
    loops: dict[str, Loop] = {"hand over": partial(every, _HAND_OVER_S, handover.run_once)}
    if settings.push_worker == "inside":
        loops["push worker"] = worker.run
    return Pushing(
        push=push,
        phones=Phones(push, senders.screens),
        outbox=outbox,
        lanes=senders.lanes,
        ledger=Ledger(documents=documents, clock=clock, doorbell=bell, tally=tally),
        reach=reach if is_on else Nobody(),
        forgetting=PushForgetting(
            documents=documents, clock=clock, devices=devices, outbox=outbox, clearing=clearing
        ),
        conversations=conversations,
        loops=loops if is_on else {},
    )


def _named(catalogue: Catalogue, persona: str, locale: str) -> str:
    """Return what a persona is called in the language of a locale, "" when there is none."""
    return catalogue.names(re.split("[-_]", locale.casefold())[0]).get(persona, "")
