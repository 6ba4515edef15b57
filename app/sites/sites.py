"""The sites of this installation, and which origins may have the chat."""

from datetime import UTC, datetime
from secrets import token_urlsafe

from app.sites.documents import SITES, SiteDocument
from app.sites.origins import LOOPBACK, allows, read_pattern
from sessions.clock import Clock
from sessions.errors import BadRequest, Forbidden, NotFound
from sessions.stores.documents import Documents
from sessions.stores.paging import everything

__all__ = ["DEMO", "Sites"]

DEMO = "demo"
_KEY_BYTES = 15
_MOST_ORIGINS = 50
_MOST_SHOWN = 300
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Sites:
    """Keeps sites in the documents; `refresh` takes over what operators changed.

    In `development` there is one with the key `demo` for pages of this machine. All methods raise
    StoreUnavailable but `welcomes`.
    """

    def __init__(self, *, documents: Documents, clock: Clock, development: bool = False) -> None:
        self._documents = documents
        self._clock = clock
        self._demo = _demo() if development else None
        self._exact: frozenset[str] = frozenset()
        self._patterns: tuple[str, ...] = ()
        self._know([])

    async def refresh(self) -> None:
        """Take over which origins are welcome."""
        self._know(await self.all())

    def welcomes(self, origin: str) -> bool:
        """Tell whether a page of an origin may have the chat, by what was last taken over."""
        return origin in self._exact or any(allows(each, origin) for each in self._patterns)

    async def check(self, key: str, origin: str | None) -> SiteDocument:
        """Return the site of a key; raises Forbidden unless the origin is one of its own."""
        if origin is None:
            raise Forbidden("no Origin header: only pages may do this")
        site = await self.find(key)
        if site is None:
            raise Forbidden("no such site key")
        if not any(allows(each, origin) for each in site.origins):
            raise Forbidden(f"this site has no pages of {origin:.{_MOST_SHOWN}}")
        return site

    async def find(self, key: str) -> SiteDocument | None:
        """Return a site as it is stored now."""
        if self._demo is not None and key == DEMO:
            return self._demo
        return await self._documents.get(SITES, key)

    async def all(self) -> list[SiteDocument]:
        """Return all stored sites, the oldest first."""
        every = everything(self._documents, SITES, "by_age", {"kind": "site"})
        return [each async for each in every]

    async def add(self, name: str, origins: tuple[str, ...]) -> SiteDocument:
        """Make a site and its key; raises BadRequest for what is no origin."""
        site = SiteDocument(
            id=f"pk_{token_urlsafe(_KEY_BYTES)}",
            name=name,
            origins=_read(origins),
            created_at=self._clock.now(),
            salt=token_urlsafe(_KEY_BYTES),
        )
        await self._documents.insert(SITES, site)
        return site

    async def remove(self, key: str) -> None:
        """Forget a site: its visitors' tokens end within minutes; raises NotFound."""
        if not await self._documents.delete(SITES, key):
            raise NotFound("there is no such site")

    def _know(self, stored: list[SiteDocument]) -> None:
        sites = [*stored, self._demo] if self._demo else stored
        patterns = {pattern for site in sites for pattern in site.origins}
        self._patterns = tuple(sorted(each for each in patterns if "*" in each))
        self._exact = frozenset(patterns.difference(self._patterns))


def _read(origins: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 <= len(origins) <= _MOST_ORIGINS:
        raise BadRequest(f"a site has between 1 and {_MOST_ORIGINS} origins")
    try:
        return tuple(dict.fromkeys(map(read_pattern, origins)))
    except ValueError as error:
        raise BadRequest(str(error)) from None


def _demo() -> SiteDocument:
    return SiteDocument(id=DEMO, name="this machine", origins=LOOPBACK, created_at=_NEVER)
