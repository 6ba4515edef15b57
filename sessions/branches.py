"""Which turns are on a branch: a session's turns form a tree, and a branch ends with its leaf."""

from collections.abc import Iterable

from sessions.archive import SESSIONS, TURNS, SessionDocument, TurnDocument
from sessions.stores.documents import Documents, Range

__all__ = [
    "SNAPSHOT_TURNS",
    "chain",
    "followed",
    "grown",
    "is_shown",
    "leaf_of",
    "load_branch",
    "load_forks",
    "load_newest_leaf",
    "load_shown",
    "load_through",
    "siblings",
    "was_shown",
]

SNAPSHOT_TURNS = 50
_MOST_FORKS = 200
_PAGE = 200


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


def grown(on_it: Iterable[int], turns: Iterable[TurnDocument]) -> set[int]:
    """Return numbers of turns and of those that follow them; `turns` are later ones, oldest first.

    The highest of them ends the newest branch: where one forks again, the newest turn decides.
    """
    numbers = set(on_it)
    for turn in turns:
        if followed(turn) in numbers:
            numbers.add(turn.number)
    return numbers


def siblings(
    turns: Iterable[TurnDocument], forks: Iterable[TurnDocument]
) -> dict[int, tuple[str, ...]]:
    """Return by number the ids of each turn's siblings, itself among them, in order.

    Only turns that have some are named; `forks` are the forked ones among them, oldest first.
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


async def load_through(
    documents: Documents, session_id: str, turn_id: str, *, limit: int
) -> list[TurnDocument]:
    """Return the last turns of the newest branch through a turn, oldest first; none without it.

    Raises StoreUnavailable.
    """
    turn = await documents.get(TURNS, turn_id)
    if turn is None:
        return []
    leaf, _ = await load_newest_leaf(documents, turn)
    turns = await load_branch(documents, session_id, leaf, limit=limit)
    turns.reverse()
    return turns


async def is_shown(documents: Documents, session_id: str, turn: TurnDocument) -> bool:
    """Tell whether a turn is on the branch that a session shows; raises StoreUnavailable.

    It is not where a later one had forked before it, from before its place.
    """
    session = await documents.get(SESSIONS, session_id)
    if session is None or session.branched_at is None:
        return True
    newest = await documents.find(
        TURNS, "by_session", {"session_id": session_id}, descending=True, limit=1
    )
    leaf = leaf_of(session, newest[0].number) if newest else 0
    if leaf <= turn.number:
        return leaf == turn.number
    branch = await load_branch(documents, session_id, leaf, limit=leaf - turn.number + 1)
    return any(each.id == turn.id for each in branch)


async def was_shown(documents: Documents, fork: TurnDocument) -> bool:
    """Tell whether readers have what a fork was made from in view; raises StoreUnavailable.

    They do not where an older turn had been forked, or another branch been chosen, in between, nor
    where it is older than what snapshots hold.
    """
    session = await documents.get(SESSIONS, fork.session_id)
    leaf = fork.number - 1
    if session is not None and session.chosen_at == leaf:
        leaf = session.chosen
    far = min(SNAPSHOT_TURNS, leaf - followed(fork))
    branch = await load_branch(documents, fork.session_id, leaf, limit=far)
    return any(each.id == fork.supersedes for each in branch)


async def load_newest_leaf(documents: Documents, through: TurnDocument) -> tuple[int, int]:
    """Return the end of the newest branch through a turn, and the session's last turn.

    Raises StoreUnavailable.
    """
    on_it, last = {through.number}, through.number
    while later := await documents.find(
        TURNS,
        "by_session",
        {"session_id": through.session_id},
        bounds=Range(gt=last),
        limit=_PAGE,
    ):
        on_it, last = grown(on_it, later), later[-1].number
    return max(on_it), last


async def load_forks(
    documents: Documents, session: SessionDocument, turns: Iterable[TurnDocument]
) -> list[TurnDocument]:
    """Return forked turns that may be siblings of these turns, oldest first.

    Where there are too many, those of the newest places. Raises StoreUnavailable.
    """
    places = [turn.origin or turn.number for turn in turns]
    if session.branched_at is None or not places:
        return []
    forks = await documents.find(
        TURNS,
        "siblings",
        {"session_id": session.id},
        bounds=Range(gte=min(places), lte=max(places)),
        descending=True,
        limit=_MOST_FORKS,
    )
    return sorted(forks, key=lambda fork: fork.number)
