"""Signing in: whom a site or an identity provider speaks for, with what they left before."""

from contextlib import suppress

from msgspec import structs

from app.oidc.id_tokens import IdTokens
from app.security.accounts import Accounts
from app.security.pages import OtherOrigin, Page
from app.sites.sites import Sites
from app.sites.vouching import identity_of, provider_identity_of, vouched
from schemas.resources import Exchanged, MergeState
from sessions.archive import USERS, UserDocument
from sessions.clock import Clock
from sessions.erasure.ended import Ended
from sessions.errors import Conflict, Duplicate, Forbidden
from sessions.ids import new_id
from sessions.merging.documents import IDENTITIES, IdentityDocument, MergeDocument
from sessions.merging.merges import Merges
from sessions.stores.documents import Documents

__all__ = ["SignIn"]

# as long as somebody looks at a page that is about to show their name
_WAIT_S = 3.0


class SignIn:
    """Exchanges somebody's word for tokens; all methods raise StoreUnavailable."""

    def __init__(
        self,
        *,
        documents: Documents,
        accounts: Accounts,
        sites: Sites,
        id_tokens: IdTokens,
        merges: Merges,
        ended: Ended,
        clock: Clock,
        secret: str,
    ) -> None:
        self._documents = documents
        self._accounts = accounts
        self._sites = sites
        self._id_tokens = id_tokens
        self._merges = merges
        self._ended = ended
        self._clock = clock
        self._secret = secret

    async def at_site(
        self, site_key: str, token: str, *, origin: str | None, current: str | None
    ) -> Exchanged:
        """Return tokens of whom the site vouches for, and merge the visitor of `current` into them.

        Again it is the same user and the same merge. Raises Forbidden (no such site, or the origin
        is none of its own), OtherOrigin, Unauthenticated.
        """
        site = await self._sites.check(site_key, origin)
        name = vouched(token, site, self._secret, now=self._clock.now())
        page = Page(site=site_key, origin=origin or "")
        visitor = self._visitor(current, page)
        identity = identity_of(site_key, name, self._secret)
        return await self._signed_in(identity, visitor, page=page, where=page)

    async def by_id_token(
        self, id_token: str, *, origin: str | None, current: str | None
    ) -> Exchanged:
        """Return tokens of whom an identity provider speaks for, and merge the anonymous user.

        That is the one of `current`. Again it is the same user and the same merge. Raises
        Unauthenticated, KeysUnavailable, OtherOrigin, Forbidden (there are no providers, or
        `current` is a key).
        """
        who = await self._id_tokens.read(id_token)
        anonymous = self._anonymous(current, origin)
        identity = provider_identity_of(who.issuer, who.subject, self._secret)
        where = Page(site=who.issuer, origin=origin or "")
        return await self._signed_in(identity, anonymous, page=None, where=where)

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

    def _anonymous(self, current: str | None, origin: str | None) -> str | None:
        """Return who shows a token of an app, also when a merge has ended it.

        Raises Unauthenticated, OtherOrigin, Forbidden.
        """
        if current is None:
            return None
        access = self._accounts.last_access(current, origin)
        if access.page is not None:
            raise OtherOrigin("a visitor of a site signs in with the site's word")
        if access.key:
            # whoever holds it besides would lose what they said, and a program can't sign in
            raise Forbidden("this is a key: its account is merged with nobody's")
        return access.user_id

    async def _signed_in(
        self, identity_id: str, before: str | None, *, page: Page | None, where: Page
    ) -> Exchanged:
        user_id = await self._known(identity_id)
        merge = await self._merged(before, user_id, where) if before else None
        pair = await self._accounts.begin(user_id, page)
        return Exchanged(
            user_id=pair.user_id,
            access_token=pair.access_token,
            refresh_token=pair.refresh_token,
            expires_in=pair.expires_in,
            merged=_state(merge),
        )

    async def _merged(self, before: str, user_id: str, where: Page) -> MergeDocument | None:
        return await self._merges.merge(
            before, user_id, site=where.site, origin=where.origin, wait_s=_WAIT_S
        )

    async def _known(self, identity_id: str) -> str:
        """Return the user of an identity, made when it is new or was erased."""
        while True:
            known = await self._documents.get(IDENTITIES, identity_id)
            if known is not None and not self._ended.holds(known.user_id):
                return known.user_id
            now = self._clock.now()
            user = UserDocument(id=new_id("u", now), created_at=now, kind="known")
            await self._documents.insert(USERS, user)
            identity = IdentityDocument(id=identity_id, user_id=user.id, created_at=now)
            with suppress(Conflict, Duplicate):
                await self._name(identity, known)
                return user.id
            # whoever came first is who they are
            await self._documents.delete(USERS, user.id)

    async def _name(self, identity: IdentityDocument, known: IdentityDocument | None) -> None:
        """Store who somebody is, in the place of `known`; raises Conflict, Duplicate."""
        if known is None:
            await self._documents.insert(IDENTITIES, identity)
        else:
            anew = structs.replace(identity, version=known.version)
            await self._documents.replace(IDENTITIES, anew)


def _state(merge: MergeDocument | None) -> MergeState:
    if merge is None:
        return "nothing"
    return "running" if merge.moved_at is None else "moved"
