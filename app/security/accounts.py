"""Users and their refresh tokens, which rotate and are stored hashed."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Protocol

from msgspec import structs

from app.security.pages import Page, check_page
from app.security.tokens import Access, Tokens
from app.sites.sites import Sites
from schemas.resources import TokenPair
from sessions.archive import REFRESH_TOKENS, USERS, RefreshTokenDocument, UserDocument
from sessions.clock import Clock
from sessions.erasure.ended import Ended
from sessions.errors import AccountMerged, Conflict, Unauthenticated
from sessions.ids import new_id
from sessions.stores.documents import Documents, Range
from sessions.stores.paging import everything

__all__ = ["Accounts", "LoginNews"]

# pages lose their tokens more easily than apps do
_VISIT_S = 600
_VISITOR_LIVES = timedelta(days=30)


class LoginNews(Protocol):
    """Tells people of their logins on their devices."""

    async def login_ended(self, user_id: str, family: str) -> None:
        """Tell a user that a login was ended as its token was used twice; once for each."""
        ...


class Accounts:
    """Who may talk. A refresh token works once; shown again later it ends its whole family.

    It works again within `grace_s` of its rotation, and later as long as nobody made use of the
    new one, for the client whose connection broke before the answer came. A new one that is given
    up so ends the family when it is shown. All methods raise StoreUnavailable.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        tokens: Tokens,
        clock: Clock,
        ended: Ended,
        sites: Sites,
        news: LoginNews | None = None,
        refresh_days: int = 180,
        grace_s: int = 60,
    ) -> None:
        self._documents = documents
        self._tokens = tokens
        self._clock = clock
        self._ended = ended
        self._sites = sites
        self._news = news
        self._lifetime = timedelta(days=refresh_days)
        self._grace = timedelta(seconds=grace_s)

    async def anonymous(self) -> TokenPair:
        """Make a user without a name, and the first tokens."""
        now = self._clock.now()
        user = UserDocument(id=new_id("u", now), created_at=now)
        await self._documents.insert(USERS, user)
        return await self.begin(user.id)

    async def visitor(self, site: str, origin: str | None) -> TokenPair:
        """Make a user without a name at a page of a site, with tokens for its origin alone.

        Raises Forbidden (no such site, or the origin is none of its own).
        """
        await self._sites.check(site, origin)
        now = self._clock.now()
        user = UserDocument(id=new_id("u", now), created_at=now, kind="visitor")
        await self._documents.insert(USERS, user)
        return await self.begin(user.id, Page(site=site, origin=origin or ""))

    async def begin(self, user_id: str, page: Page | None = None) -> TokenPair:
        """Return the first tokens of a login, for a page alone if one is named."""
        return await self._pair(user_id, family=new_id("f", self._clock.now()), page=page)

    async def refresh(self, refresh_token: str, origin: str | None = None) -> TokenPair:
        """Return new tokens for an unused refresh token, which a page of `origin` shows.

        Raises Unauthenticated, OtherOrigin, Forbidden (its site is gone, or the origin from it).
        """
        now = self._clock.now()
        stored = await self._documents.get(REFRESH_TOKENS, _hashed(refresh_token))
        if stored is None or stored.expires_at <= now:
            raise Unauthenticated("the refresh token is not known or has expired")
        if self._ended.why(stored.user_id) is not None:
            raise Unauthenticated("the account was erased or merged")
        page = Page(site=stored.site, origin=stored.origin) if stored.site else None
        check_page(page, origin)
        if page is not None:
            await self._sites.check(page.site, page.origin)
        unused = stored.rotated_at is None and not stored.withdrawn
        if not await (self._rotate(stored) if unused else self._may_be_lost(stored)):
            await self._end_stolen(stored)
            raise Unauthenticated("the refresh token was used before")
        pair = await self._pair(stored.user_id, family=stored.family, page=page, parent=stored.id)
        if await self._documents.get(REFRESH_TOKENS, stored.id) is None:
            # who logged out meanwhile did not see the new one
            await self._end_family(stored.family)
            raise Unauthenticated("the login has ended")
        return pair

    async def owner(self, refresh_token: str) -> str | None:
        """Return whose refresh token it is; None when it is not known."""
        stored = await self._documents.get(REFRESH_TOKENS, _hashed(refresh_token))
        return stored.user_id if stored else None

    async def logout(self, refresh_token: str) -> None:
        """End a refresh token with its family, if it is known."""
        stored = await self._documents.get(REFRESH_TOKENS, _hashed(refresh_token))
        if stored is not None:
            await self._end_family(stored.family)

    async def open(self, token: str, origin: str | None = None) -> Access:
        """Return whom an access token or a key speaks for, shown by a page of `origin`, or by none.

        Raises Unauthenticated, AccountMerged, OtherOrigin, StoreUnavailable.
        """
        access = self.access(token, origin)
        # an access token ends long before a merge is forgotten here, a key may outlive that
        if access.key and await self._ended.was_merged(access.user_id):
            raise AccountMerged
        return access

    def access(self, token: str, origin: str | None = None) -> Access:
        """Return whom an access token speaks for; of a key's account `open` knows more.

        Raises Unauthenticated, AccountMerged, OtherOrigin.
        """
        access = self.last_access(token, origin)
        why = self._ended.why(access.user_id)
        # a client renews a token where it is unauthenticated, and then begins anew; a key it can't
        if why == "merged" and access.key:
            raise AccountMerged
        if why is not None:
            raise Unauthenticated("the account was erased or merged")
        return access

    def last_access(self, token: str, origin: str | None = None) -> Access:
        """Return whom a token speaks for, also when the account has ended: for its receipt.

        Raises Unauthenticated, OtherOrigin.
        """
        access = self._tokens.read(token)
        check_page(access.page, origin)
        return access

    async def _rotate(self, stored: RefreshTokenDocument) -> bool:
        """Use a token; False when it was given up meanwhile."""
        try:
            await self._documents.replace(
                REFRESH_TOKENS, structs.replace(stored, rotated_at=self._clock.now())
            )
        except Conflict:
            # the same client asked twice at once, and both are within the grace, or logged out
            current = await self._documents.get(REFRESH_TOKENS, stored.id)
            return current is None or not current.withdrawn
        return True

    async def _may_be_lost(self, stored: RefreshTokenDocument) -> bool:
        """Tell whether the answer to a token may never have come; what it gave is given up then."""
        if stored.withdrawn or stored.rotated_at is None:
            return False
        now = self._clock.now()
        if now - stored.rotated_at <= self._grace:
            return True
        given: list[RefreshTokenDocument] = []
        equals = {"family": stored.family}
        after = Range(gte=stored.created_at)
        async for each in everything(
            self._documents, REFRESH_TOKENS, "by_family", equals, within=after
        ):
            # those of before have no parent
            if each.id == stored.id or each.parent not in ("", stored.id):
                continue
            if each.rotated_at is not None:
                return False
            given.append(each)
        for each in given:
            # one that was given just now is on its way to whoever asked twice at once
            if not each.withdrawn and now - each.created_at > self._grace:
                try:
                    await self._documents.replace(
                        REFRESH_TOKENS, structs.replace(each, withdrawn=True)
                    )
                except Conflict:
                    return False
        return True

    async def _end_stolen(self, stored: RefreshTokenDocument) -> None:
        try:
            # before it ends: afterwards nobody knows whose it was
            if self._news is not None:
                await self._news.login_ended(stored.user_id, stored.family)
        finally:
            await self._end_family(stored.family)

    async def _pair(
        self, user_id: str, *, family: str, page: Page | None = None, parent: str = ""
    ) -> TokenPair:
        now = self._clock.now()
        lifetime_s = _VISIT_S if page else self._tokens.access_s
        refresh_token = token_urlsafe(32)
        await self._documents.insert(
            REFRESH_TOKENS,
            RefreshTokenDocument(
                id=_hashed(refresh_token),
                user_id=user_id,
                family=family,
                parent=parent,
                created_at=now,
                expires_at=now + (_VISITOR_LIVES if page else self._lifetime),
                site=page.site if page else "",
                origin=page.origin if page else "",
            ),
        )
        return TokenPair(
            user_id=user_id,
            access_token=self._tokens.issue(user_id, page=page, lifetime_s=lifetime_s),
            refresh_token=refresh_token,
            expires_in=lifetime_s,
        )

    async def _end_family(self, family: str) -> None:
        while members := await self._documents.find(
            REFRESH_TOKENS, "by_family", {"family": family}, limit=200
        ):
            for member in members:
                await self._documents.delete(REFRESH_TOKENS, member.id)


def _hashed(refresh_token: str) -> str:
    return sha256(refresh_token.encode()).hexdigest()
