"""What users do not want remembered, as fingerprints that hold no words."""

import hmac
from contextlib import suppress
from hashlib import sha256

from sessions.clock import Clock
from sessions.errors import Duplicate
from sessions.stores.documents import Documents

from .documents import REFUSALS, FactDocument, RefusalDocument
from .likeness import fold
from .paging import everything

__all__ = ["Refusals"]

_CHARS = 32


class Refusals:
    """Keyed fingerprints (HMAC-SHA-256, 128 bits) of facts; all methods raise StoreUnavailable."""

    def __init__(self, *, documents: Documents, clock: Clock, secret: str) -> None:
        self._documents = documents
        self._clock = clock
        self._key = sha256(b"refusals\0" + secret.encode()).digest()

    async def for_good(self, fact: FactDocument) -> None:
        """Refuse what a fact says, whoever says it again."""
        await self._put(fact, "said", fact.kind, fold(fact.text))

    async def of_turns(self, fact: FactDocument) -> None:
        """Refuse what a fact says when it comes again from the turns it came from."""
        for turn_id in fact.turn_ids:
            await self._put(fact, "turn", turn_id, fold(fact.text))

    async def hold(self, fact: FactDocument) -> bool:
        """Tell whether a fact is refused."""
        prints = [self._print(fact.user_id, "said", fact.kind, fold(fact.text))]
        prints += [
            self._print(fact.user_id, "turn", each, fold(fact.text)) for each in fact.turn_ids
        ]
        for name in prints:
            if await self._documents.get(REFUSALS, name) is not None:
                return True
        return False

    async def forget_user(self, user_id: str) -> int:
        """Delete a user's refusals and count them."""
        found = everything(self._documents, REFUSALS, "by_user", {"user_id": user_id})
        names = [each.id async for each in found]
        for name in names:
            await self._documents.delete(REFUSALS, name)
        return len(names)

    async def _put(self, fact: FactDocument, *said: str) -> None:
        name = self._print(fact.user_id, *said)
        refusal = RefusalDocument(id=name, user_id=fact.user_id, created_at=self._clock.now())
        with suppress(Duplicate):
            await self._documents.insert(REFUSALS, refusal)

    def _print(self, user_id: str, *said: str) -> str:
        told = "\0".join((user_id, *said)).encode("utf-8", "surrogatepass")
        return f"r_{hmac.new(self._key, told, sha256).hexdigest()[:_CHARS]}"
