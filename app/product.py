"""The running parts that the edge talks to."""

from msgspec import Struct

from app.health import HealthCheck
from app.pushing.agreements import Agreements
from app.pushing.phones import Phones
from app.pushing.plans import Plans
from app.pushing.push import Push
from app.security.accounts import Accounts
from app.settings import Settings
from app.sites.sign_in import SignIn
from app.sites.sites import Sites
from push.lanes import Lanes
from push.ledger import Ledger
from push.outbox import Outbox
from sessions.advice import Advice
from sessions.bookmarks import Bookmarks
from sessions.clock import Clock
from sessions.digests import Digests
from sessions.erasure.ended import Ended
from sessions.erasure.erasures import Erasures
from sessions.erasure.export import Export
from sessions.experiments.experiments import Experiments
from sessions.jotting import Jotting
from sessions.memory.facts import Facts
from sessions.memory.recall.recall import Recall
from sessions.memory.retelling import Retelling
from sessions.memory.shown import ShownMemory
from sessions.merging.merges import Merges
from sessions.oneshot import OneShot
from sessions.owners import Owners
from sessions.personas.catalogue import Catalogue
from sessions.profiles.profiles import Profiles
from sessions.service import Sessions
from sessions.stores.cache import Cache
from sessions.stores.limits import Limits
from sessions.tasks import Tasks
from sessions.threads import Threads

__all__ = ["Product"]


class Product(Struct, frozen=True, kw_only=True):
    """The parts that the edge talks to; `near_limits` count in this process alone."""

    settings: Settings
    clock: Clock
    tasks: Tasks
    sessions: Sessions
    threads: Threads
    bookmarks: Bookmarks
    accounts: Accounts
    sites: Sites
    sign_in: SignIn
    merges: Merges
    catalogue: Catalogue
    profiles: Profiles
    facts: Facts
    retelling: Retelling
    recall: Recall
    shown_memory: ShownMemory
    limits: Limits
    near_limits: Limits
    cache: Cache
    experiments: Experiments
    oneshot: OneShot
    advice: Advice
    digests: Digests
    erasures: Erasures
    ended: Ended
    export: Export
    jotting: Jotting
    push: Push
    phones: Phones
    agreements: Agreements
    plans: Plans
    outbox: Outbox
    ledger: Ledger
    lanes: Lanes
    owners: Owners
    health: HealthCheck
