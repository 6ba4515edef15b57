"""What users do not want remembered, as fingerprints that hold no words."""

import hmac
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import get_args

from msgspec import structs

from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate
from sessions.stores.documents import Documents
from sessions.stores.paging import everything

from .documents import REFUSALS, FactDocument, Kind, RefusalDocument
from .likeness import tokens

__all__ = ["Refusals", "is_refused"]

_CHARS = 24
_KINDS: tuple[str, ...] = get_args(Kind)
_SAME = 0.8
# What a person is asked not to remember at all, not only in these words.
_WHOLE_SLOTS = ("name", "role", "person:")


class Refusals:
    """Keyed fingerprints (HMAC-SHA-256, 96 bits) of facts; all methods raise StoreUnavailable."""

    def __init__(self, *, documents: Documents, clock: Clock, secret: str) -> None:
        self._documents = documents
        self._clock = clock
        key = sha256(b"refusals\0" + secret.encode()).digest()
        self._keyed = hmac.new(key, digestmod="sha256")

    async def for_good(self, fact: FactDocument) -> None:
        """Refuse what a fact says, whoever says it again and however."""
        await self._put(fact.user_id, self._slots(fact), self._words(fact))

    async def of_turns(self, fact: FactDocument) -> None:
        """Refuse facts of this kind from the turns that this one came from."""
        await self._put(fact.user_id, self._turns(fact), ())

    async def of_user(self, user_id: str) -> list[RefusalDocument]:
        """Return all that a user has refused."""
        found = everything(self._documents, REFUSALS, "by_user", {"user_id": user_id})
        return [each async for each in found]

    async def among(self, user_id: str, turn_ids: Iterable[str]) -> set[str]:
        """Return those of these turns from which facts of any kind are refused."""
        refusals = await self.of_user(user_id)
        whole = {each for refusal in refusals for each in refusal.whole}
        owners = {each.made_for or user_id for each in refusals}
        return {
            turn_id
            for turn_id in (turn_ids if whole else ())
            if not whole.isdisjoint(
                self._print(owner, "turn", turn_id, kind) for owner in owners for kind in _KINDS
            )
        }

    def hold(self, fact: FactDocument, refusals: Sequence[RefusalDocument]) -> bool:
        """Tell whether a fact of their user says what was refused."""
        by_owner: dict[str, list[RefusalDocument]] = {}
        for each in refusals:
            by_owner.setdefault(each.made_for or fact.user_id, []).append(each)
        return any(
            is_refused(self.prints(structs.replace(fact, user_id=owner)), mine)
            for owner, mine in by_owner.items()
        )

    async def move_user(self, visitor: str, user_id: str) -> int:
        """Let a visitor's refusals hold for the user that they are; count them."""
        refusals = await self.of_user(visitor)
        for each in refusals:
            moved = structs.replace(each, user_id=user_id, made_for=each.made_for or visitor)
            with suppress(Conflict):
                await self._documents.replace(REFUSALS, moved)
        return len(refusals)

    def prints(self, fact: FactDocument) -> RefusalDocument:
        """Return the fingerprints of a fact, to compare them with what was refused."""
        whole = (*self._slots(fact), *self._turns(fact))
        return RefusalDocument(
            id="",
            user_id=fact.user_id,
            created_at=fact.created_at,
            whole=whole,
            words=self._words(fact),
        )

    async def forget_user(self, user_id: str) -> int:
        """Delete a user's refusals and count them."""
        refusals = await self.of_user(user_id)
        for each in refusals:
            await self._documents.delete(REFUSALS, each.id)
        return len(refusals)

    def _slots(self, fact: FactDocument) -> tuple[str, ...]:
        whole = fact.slot.startswith(_WHOLE_SLOTS)
        return (self._print(fact.user_id, "slot", fact.slot),) if whole else ()

    def _turns(self, fact: FactDocument) -> tuple[str, ...]:
        return tuple(self._print(fact.user_id, "turn", each, fact.kind) for each in fact.turn_ids)

    def _words(self, fact: FactDocument) -> tuple[str, ...]:
        return tuple(sorted(self._print(fact.user_id, "word", each) for each in tokens(fact.text)))

    async def _put(self, user_id: str, whole: tuple[str, ...], said: tuple[str, ...]) -> None:
        if not whole and not said:
            return
        refusal = RefusalDocument(
            id=f"r_{self._print(user_id, *whole, *said)}",
            user_id=user_id,
            created_at=self._clock.now(),
            whole=whole,
            words=said,
        )
        with suppress(Duplicate):
            await self._documents.insert(REFUSALS, refusal)

    def _print(self, user_id: str, *said: str) -> str:
        keyed = self._keyed.copy()
        keyed.update("\0".join((user_id, *said)).encode("utf-8", "surrogatepass"))
        return keyed.hexdigest()[:_CHARS]


def is_refused(prints: RefusalDocument, refusals: Sequence[RefusalDocument]) -> bool:
    """Tell whether a fact with these fingerprints says what was refused."""
    whole, said = set(prints.whole), set(prints.words)
    return any(
        not whole.isdisjoint(each.whole)
        or (said and each.words and len(said & set(each.words)) >= _SAME * len(each.words))
        for each in refusals
    )
