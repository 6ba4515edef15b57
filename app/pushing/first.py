"""The parts with which mentors write first, made once."""

from functools import partial

from msgspec import Struct

from app.background import Loops, every
from app.pushing.agreements import Agreements
from app.pushing.checkins import MentorsFirst, Writes
from app.pushing.conversations import DocumentConversations
from app.pushing.moments import Moments
from app.pushing.nudges import Nudges
from app.pushing.plans import Plans
from app.pushing.promises import Promises
from app.pushing.reminders import Reminders
from app.pushing.silence import Silence
from push.budgets import Budgets
from push.checkins import CheckIns
from push.devices import Devices
from push.settings import NotificationSettings
from sessions.clock import Clock
from sessions.memory.facts import Facts
from sessions.personas.catalogue import Catalogue
from sessions.stores.documents import Documents

__all__ = ["First", "open_first"]

_WRITE_FIRST_S = 2
_SEEK_S = 300


class First(Struct, frozen=True, kw_only=True):
    """What users agree on, what is planned for them, and the `loops` that keep it."""

    agreements: Agreements
    plans: Plans
    loops: Loops


def open_first(
    *,
    documents: Documents,
    clock: Clock,
    catalogue: Catalogue,
    facts: Facts,
    sessions: Writes,
    conversations: DocumentConversations,
) -> First:
    """Make all parts that have mentors write first."""
    check_ins = CheckIns(documents=documents, clock=clock)
    settings = NotificationSettings(documents=documents, clock=clock)
    devices = Devices(documents=documents, clock=clock)
    silence = Silence(
        returns=conversations,
        devices=devices,
        budgets=Budgets(documents, clock, conversations.wrote_since),
        clock=clock,
    )
    moments = Moments(
        settings=settings, devices=devices, silence=silence, risks=conversations, clock=clock
    )
    mentors = MentorsFirst(
        check_ins=check_ins,
        moments=moments,
        sessions=sessions,
        facts=facts,
        documents=documents,
        catalogue=catalogue,
        clock=clock,
    )
    promises = Promises(
        documents=documents, check_ins=check_ins, settings=settings, devices=devices, clock=clock
    )
    reminders = Reminders(
        documents=documents, check_ins=check_ins, settings=settings, devices=devices, clock=clock
    )
    nudges = Nudges(
        documents=documents,
        check_ins=check_ins,
        settings=settings,
        devices=devices,
        silence=silence,
        risks=conversations,
        clock=clock,
    )
    return First(
        agreements=Agreements(
            check_ins=check_ins,
            settings=settings,
            devices=devices,
            documents=documents,
            catalogue=catalogue,
        ),
        plans=Plans(
            check_ins=check_ins,
            moments=moments,
            reminders=reminders,
            promises=promises,
            facts=facts,
            documents=documents,
            clock=clock,
        ),
        loops={
            "write first": partial(every, _WRITE_FIRST_S, mentors.run_once),
            "seek promises": partial(every, _SEEK_S, promises.run_once),
            "seek reminders": partial(every, _SEEK_S, reminders.run_once),
            "seek nudges": partial(every, _SEEK_S, nudges.run_once),
        },
    )
