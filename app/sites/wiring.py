"""The parts by which people come in, made once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial

from msgspec import Struct

from app.background import every
from app.oidc.id_tokens import open_id_tokens
from app.pushing.moving import PushMoving
from app.pushing.news import AccountNews
from app.security.accounts import Accounts
from app.security.tokens import Tokens
from app.sites.sign_in import SignIn
from app.sites.sites import Sites
from sessions.clock import Clock
from sessions.erasure.cascade import Cascade
from sessions.erasure.ended import Ended
from sessions.erasure.erasures import Erasures
from sessions.erasure.ports import CacheForgets
from sessions.experiments.experiments import Experiments
from sessions.memory.moving import MemoryMoving
from sessions.merging.merges import Merges
from sessions.merging.moving import Moving
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.documents import Documents
from sessions.tasks import Tasks

__all__ = ["Doors", "open_doors"]

_TAKE_SITES_S = 2
_GO_ON_MERGING_S = 1


class Doors(Struct, frozen=True, kw_only=True):
    """How people come in: by themselves, at a site's page, with a site's or a provider's word.

    `loops` run as long as the process.
    """

    accounts: Accounts
    sites: Sites
    sign_in: SignIn
    merges: Merges
    loops: Mapping[str, Callable[[], Awaitable[None]]]


async def open_doors(
    stack: AsyncExitStack,
    *,
    documents: Documents,
    clock: Clock,
    tasks: Tasks,
    secret: str,
    development: bool,
    oidc_issuers: Sequence[str],
    names: Pseudonyms,
    remembered: MemoryMoving,
    cascade: Cascade,
    experiments: Experiments,
    cache: CacheForgets,
    erasures: Erasures,
    ended: Ended,
    news: AccountNews,
) -> Doors:
    """Make all parts, of use until `stack` ends; they know the sites there are.

    Raises StoreUnavailable.
    """
    sites = Sites(documents=documents, clock=clock, development=development)
    await sites.refresh()
    accounts = Accounts(
        documents=documents,
        tokens=Tokens(secret, clock=clock),
        clock=clock,
        ended=ended,
        sites=sites,
        news=news,
    )
    moving = Moving(
        documents=documents,
        clock=clock,
        names=names,
        remembered=remembered,
        push=PushMoving(documents=documents),
    )
    merges = Merges(
        documents=documents,
        moving=moving,
        cascade=cascade,
        experiments=experiments,
        cache=cache,
        erasures=erasures,
        ended=ended,
        names=names,
        clock=clock,
        tasks=tasks,
        news=news,
    )
    sign_in = SignIn(
        documents=documents,
        accounts=accounts,
        sites=sites,
        id_tokens=await open_id_tokens(oidc_issuers, stack, clock=clock),
        merges=merges,
        ended=ended,
        clock=clock,
        secret=secret,
    )
    loops = {
        "take sites": partial(every, _TAKE_SITES_S, sites.refresh),
        "go on merging": partial(every, _GO_ON_MERGING_S, merges.resume),
    }
    return Doors(accounts=accounts, sites=sites, sign_in=sign_in, merges=merges, loops=loops)
