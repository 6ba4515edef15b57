"""Signing in at a site's page: whom the site vouches for, with what they left as a visitor."""

from contextlib import suppress

from app.security.accounts import Accounts
from app.security.pages import OtherOrigin, Page
from app.sites.sites import Sites
from app.sites.vouching import identity_of, vouched
from schemas.resources import Exchanged, MergeState
from sessions.archive import USERS, UserDocument
from sessions.clock import Clock
from sessions.erasure.ended import Ended
from sessions.errors import Duplicate
from sessions.ids import new_id
from sessions.merging.documents import IDENTITIES, IdentityDocument, MergeDocument
from sessions.merging.merges import Merges
from sessions.stores.documents import Documents

__all__ = ["SignIn"]

# as long as somebody looks at a page that is about to show their name
_WAIT_S = 3.0


class SignIn:
    """Exchanges a site's word for tokens of its page; all methods raise StoreUnavailable."""

    def __init__(
        self,
        *,
        documents: Documents,
        accounts: Accounts,
        sites: Sites,
        merges: Merges,
        ended: Ended,
        clock: Clock,
        secret: str,
    ) -> None:
        self._documents = documents
        self._accounts = accounts
        self._sites = sites
        self._merges = merges
        self._ended = ended
        self._clock = clock
        self._secret = secret

    async def exchange(
        self, site_key: str, id_token: str, *, origin: str | None, current: str | None
    ) -> Exchanged:
        """Return tokens of whom the site vouches for, and merge the visitor of `current` into them.

        Again it is the same user and the same merge. Raises Forbidden (no such site, or the origin
        is none of its own), OtherOrigin, Unauthenticated.
        """
        site = await self._sites.check(site_key, origin)
        name = vouched(id_token, site, self._secret, now=self._clock.now())
        page = Page(site=site_key, origin=origin or "")
        visitor = self._visitor(current, page)
        user_id = await self._known(identity_of(site_key, name, self._secret))
        merge = await self._merged(visitor, user_id, page) if visitor else None
        pair = await self._accounts.at_page(user_id, page)
        return Exchanged(
            user_id=pair.user_id,
            access_token=pair.access_token,
            refresh_token=pair.refresh_token,
            expires_in=pair.expires_in,
            merged=_state(merge),
        )

    def _visitor(self, current: str | None, page: Page) -> str | None:
        """Return who shows a token; also when a merge has ended it, so that asking again is well.

        Raises Unauthenticated, OtherOrigin.
        """
        if current is None:
            return None
        access = self._accounts.last_access(current, page.origin)
        # other tokens are of people who are no visitors, and keys among them live for a year
        if access.page is None or access.page.site != page.site:
            raise OtherOrigin("the token is not one of this site's pages")
        return access.user_id

    async def _merged(self, visitor: str, user_id: str, page: Page) -> MergeDocument | None:
        return await self._merges.merge(
            visitor, user_id, site=page.site, origin=page.origin, wait_s=_WAIT_S
        )

    async def _known(self, identity_id: str) -> str:
        """Return the user of an identity, made when it is new or was erased."""
        while True:
            known = await self._documents.get(IDENTITIES, identity_id)
            if known is not None and not self._ended.holds(known.user_id):
                return known.user_id
            if known is not None:
                await self._documents.delete(IDENTITIES, identity_id)
            now = self._clock.now()
            user = UserDocument(id=new_id("u", now), created_at=now, kind="known")
            await self._documents.insert(USERS, user)
            identity = IdentityDocument(id=identity_id, user_id=user.id, created_at=now)
            with suppress(Duplicate):
                await self._documents.insert(IDENTITIES, identity)
                return user.id
            await self._documents.delete(USERS, user.id)


def _state(merge: MergeDocument | None) -> MergeState:
    if merge is None:
        return "nothing"
    return "running" if merge.moved_at is None else "moved"
