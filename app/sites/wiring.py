"""The parts by which people come in, made once."""

from contextlib import AsyncExitStack
from functools import partial

from msgspec import Struct

from app.background import Loops, every
from app.ground import Ground
from app.oidc.id_tokens import open_id_tokens
from app.pushing.moving import PushMoving
from app.pushing.news import AccountNews
from app.security.accounts import Accounts
from app.security.tokens import Tokens
from app.sites.sign_in import SignIn
from app.sites.sites import Sites
from sessions.erasure.cascade import Cascade
from sessions.erasure.ended import Ended
from sessions.erasure.erasures import Erasures
from sessions.experiments.experiments import Experiments
from sessions.memory.moving import MemoryMoving
from sessions.merging.merges import Merges
from sessions.merging.moving import Moving

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
    loops: Loops


async def open_doors(
    ground: Ground,
    stack: AsyncExitStack,
    *,
    remembered: MemoryMoving,
    cascade: Cascade,
    experiments: Experiments,
    erasures: Erasures,
    ended: Ended,
    news: AccountNews,
) -> Doors:
    """Make all parts, of use until `stack` ends; they know the sites there are.

    Raises StoreUnavailable.
    """
    settings, documents, clock = ground.settings, ground.documents, ground.clock
    sites = Sites(documents=documents, clock=clock, development=settings.env == "development")
    await sites.refresh()
    accounts = Accounts(
        documents=documents,
        tokens=Tokens(settings.secret_key, clock=clock),
        clock=clock,
        ended=ended,
        sites=sites,
        news=news,
    )
    moving = Moving(
        documents=documents,
        clock=clock,
        names=ground.names,
        remembered=remembered,
        push=PushMoving(documents=documents),
    )
    merges = Merges(
        documents=documents,
        moving=moving,
        cascade=cascade,
        experiments=experiments,
        cache=ground.stores.cache,
        erasures=erasures,
        ended=ended,
        names=ground.names,
        clock=clock,
        tasks=ground.tasks,
        news=news,
    )
    sign_in = SignIn(
        documents=documents,
        accounts=accounts,
        sites=sites,
        id_tokens=await open_id_tokens(settings.oidc_issuers, stack, clock=clock),
        merges=merges,
        ended=ended,
        clock=clock,
        secret=settings.secret_key,
    )
    loops = {
        "take sites": partial(every, _TAKE_SITES_S, sites.refresh),
        "go on merging": partial(every, _GO_ON_MERGING_S, merges.resume),
    }
    return Doors(accounts=accounts, sites=sites, sign_in=sign_in, merges=merges, loops=loops)
