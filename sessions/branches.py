"""Which turns are on a branch: a session's turns form a tree, and a branch ends with its leaf."""

from collections.abc import Iterable

from sessions.archive import TURNS, SessionDocument, TurnDocument
from sessions.stores.documents import Documents, Range

__all__ = [
    "chain",
    "followed",
    "leaf_of",
    "load_branch",
    "load_forks",
    "load_shown",
    "newest_leaf",
    "siblings",
]

_MOST_FORKS = 500


def followed(turn: TurnDocument) -> int:
    """Return the number of the turn before this one on its branch; 0 at the beginning."""
    return turn.number - 1 if turn.follows is None else turn.follows


def leaf_of(session: SessionDocument, newest: int) -> int:
    """Return the number of the turn that ends the shown branch; `newest` is the last of all."""
    return session.chosen if session.chosen_at >= newest else newest


def chain(turns: Iterable[TurnDocument], leaf: int) -> list[TurnDocument]:
    """Return those of `turns`, which come newest first, that are on the branch up to `leaf`."""
    found = []
    for turn in turns:
        if turn.number == leaf:
            found.append(turn)
            leaf = followed(turn)
    return found


def newest_leaf(turns: Iterable[TurnDocument], through: TurnDocument) -> int:
    """Return the end of the newest branch through a turn; `turns` are the later ones, oldest first.

    Where a branch forks again, the newest turn decides.
    """
    on_it = {through.number}
    leaf = through.number
    for turn in turns:
        if followed(turn) in on_it:
            on_it.add(turn.number)
            leaf = turn.number
    return leaf


def siblings(
    turns: Iterable[TurnDocument], forks: Iterable[TurnDocument]
) -> dict[int, tuple[str, ...]]:
    """Return by number the ids of each turn's siblings, itself among them, in order.

    Only turns that have some are named; `forks` are all forked turns of the session, oldest first.
    """
    by_origin: dict[int, list[TurnDocument]] = {}
    for fork in forks:
        by_origin.setdefault(fork.origin or 0, []).append(fork)
    return {
        turn.number: _places(by_origin[first])
        for turn in turns
        if (first := turn.origin or turn.number) in by_origin
    }


def _places(forks: list[TurnDocument]) -> tuple[str, ...]:
    first = forks[0].supersedes or ""
    return (first, *(fork.id for fork in forks))


async def load_branch(
    documents: Documents, session_id: str, leaf: int, *, limit: int
) -> list[TurnDocument]:
    """Return the last `limit` turns of the branch up to `leaf`, newest first.

    Raises StoreUnavailable.
    """
    found: list[TurnDocument] = []
    while leaf > 0 and len(found) < limit:
        turns = await documents.find(
            TURNS,
            "by_session",
            {"session_id": session_id},
            bounds=Range(lte=leaf),
            descending=True,
            limit=limit - len(found),
        )
        on_it = chain(turns, leaf)
        if not on_it:
            break
        found += on_it
        leaf = followed(on_it[-1])
    return found


async def load_shown(
    documents: Documents, session: SessionDocument, *, limit: int
) -> list[TurnDocument]:
    """Return the newest turns of the shown branch, oldest first; raises StoreUnavailable."""
    turns = await documents.find(
        TURNS, "by_session", {"session_id": session.id}, descending=True, limit=limit
    )
    if turns and session.branched_at is not None:
        leaf = leaf_of(session, turns[0].number)
        turns = await load_branch(documents, session.id, leaf, limit=limit)
    turns.reverse()
    return turns


async def load_forks(documents: Documents, session: SessionDocument) -> list[TurnDocument]:
    """Return the session's forked turns, oldest first; raises StoreUnavailable."""
    if session.branched_at is None:
        return []
    return await documents.find(
        TURNS, "forks", {"session_id": session.id, "forked": True}, limit=_MOST_FORKS
    )
