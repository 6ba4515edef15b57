"""The policy in force and the log of choices, as documents."""

from collections.abc import AsyncIterator
from datetime import datetime

from msgspec import structs

from sessions.errors import Conflict, Duplicate
from sessions.stores.documents import Documents
from sessions.stores.paging import everything

from .documents import CHOICES, POLICIES, PolicyDocument
from .policy import STEADY, Policy, policy_from
from .replay import Logged

__all__ = ["CURRENT", "load_choices", "load_current", "promote"]

CURRENT = "current"


async def load_current(documents: Documents) -> Policy:
    """Return the promoted policy, or the one that is in force without any.

    Raises ValueError when what is stored makes no policy, StoreUnavailable.
    """
    stored = await documents.get(POLICIES, CURRENT)
    return policy_from(stored.name, stored.parameters) if stored else STEADY


async def promote(documents: Documents, policy: Policy, *, now: datetime) -> None:
    """Have every process use a policy; raises StoreUnavailable."""
    document = PolicyDocument(
        id=CURRENT, name=policy.name, parameters=policy.parameters(), promoted_at=now
    )
    while True:
        stored = await documents.get(POLICIES, CURRENT)
        try:
            if stored is None:
                await documents.insert(POLICIES, document)
            else:
                newer = structs.replace(document, version=stored.version)
                await documents.replace(POLICIES, newer)
        except (Conflict, Duplicate):
            continue
        return


async def load_choices(documents: Documents) -> AsyncIterator[Logged]:
    """Yield all rows of the log, oldest first, without ids; raises StoreUnavailable."""
    async for row in everything(documents, CHOICES, "by_time", {}):
        yield Logged(user=row.user, chosen=row.chosen, propensity=row.propensity, reward=row.reward)
