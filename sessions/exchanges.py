"""A conversation as a client tells it: what was said and answered, and how to know it again."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec
from msgspec import Struct

from schemas.resources import Role

__all__ = ["Conversed", "Exchange", "fingerprint", "one_ends_the_other", "paired"]

_TELLING = 2
_TELLING_CHARS = 2_000


class Exchange(Struct, frozen=True, array_like=True):
    """What the user said, and the answer."""

    said: str
    answer: str


class Conversed(Struct, frozen=True, kw_only=True):
    """Earlier exchanges, and the messages of the user that have no answer yet."""

    exchanges: tuple[Exchange, ...]
    unanswered: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return all that is to be answered."""
        return "\n\n".join(self.unanswered)


def paired(messages: Iterable[tuple[Role, str]]) -> Conversed:
    """Return messages as exchanges; blank ones, and answers to nothing, are left out."""
    exchanges: list[Exchange] = []
    said: list[str] = []
    answers: list[str] = []
    for role, text in messages:
        if not text.strip():
            continue
        if role == "user":
            if answers:
                exchanges.append(Exchange("\n\n".join(said), "\n\n".join(answers)))
                said, answers = [], []
            said.append(text)
        elif said:
            answers.append(text)
    if answers:
        exchanges.append(Exchange("\n\n".join(said), "\n\n".join(answers)))
        said = []
    return Conversed(exchanges=tuple(exchanges), unanswered=tuple(said))


def fingerprint(exchanges: Sequence[Exchange]) -> str:
    """Return what a conversation is known by: its last two exchanges, or that it had only one.

    White space does not count, clients trim it, nor does what follows after 2,000 characters.
    Clients that send only the end of a long conversation are known too.
    """
    telling = [_plain(each) for each in exchanges[-_TELLING:]]
    return sha256(msgspec.json.encode(telling)).hexdigest()


def one_ends_the_other(one: Sequence[Exchange], other: Sequence[Exchange]) -> bool:
    """Tell whether both are the same as far back as the shorter one goes."""
    count = min(len(one), len(other))
    if count == 0:
        return False
    return [_plain(each) for each in one[-count:]] == [_plain(each) for each in other[-count:]]


def _plain(exchange: Exchange) -> Exchange:
    return Exchange(_short(exchange.said), _short(exchange.answer))


def _short(text: str) -> str:
    return " ".join(text.split())[:_TELLING_CHARS]
