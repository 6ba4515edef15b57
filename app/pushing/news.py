"""What happened to somebody's account and is told on the devices that are left to them."""

from push.kinds import News
from push.outbox import Outbox
from sessions.reach import Reach

__all__ = ["AccountNews"]


class AccountNews:
    """Passes sessions.merging.ports.MergeNews and app.security.accounts.LoginNews.

    Whoever has no device costs one short read. Raises StoreUnavailable.
    """

    def __init__(self, *, outbox: Outbox, reach: Reach) -> None:
        self._outbox = outbox
        self._reach = reach

    async def merged(self, user_id: str, merge_id: str) -> None:
        """Tell that what was said before somebody signed in is theirs now; once for each merge."""
        await self._tell(user_id, "merged", merge_id)

    async def login_ended(self, user_id: str, family: str) -> None:
        """Tell that a login was ended as its token was used twice; once for each login."""
        await self._tell(user_id, "login_ended", family)

    async def _tell(self, user_id: str, news: News, of: str) -> None:
        if await self._reach.reachable(user_id):
            await self._outbox.enqueue(user_id, "account", f"{news}:{of}", news=news)
