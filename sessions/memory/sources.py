"""The messages that a fact rests on, when some of them are lost."""

from collections.abc import Collection

from msgspec import structs

from .documents import FactDocument, Source

__all__ = ["is_worded_by", "sourced", "unsourced"]


def is_worded_by(fact: FactDocument, lost: Collection[Source]) -> bool:
    """Tell whether the words of a fact are from these sources, or it has no others."""
    worded = not fact.edited and fact.sources[0] in lost
    return worded or all(each in lost for each in fact.sources)


def unsourced(fact: FactDocument, lost: Collection[Source]) -> FactDocument:
    """Return a fact without these sources."""
    return sourced(fact, tuple(each for each in fact.sources if each not in lost))


def sourced(fact: FactDocument, sources: tuple[Source, ...]) -> FactDocument:
    """Return a fact with these sources and no others."""
    return structs.replace(
        fact,
        sources=sources,
        session_ids=tuple(dict.fromkeys(each.session_id for each in sources)),
        turn_ids=tuple(dict.fromkeys(each.turn_id for each in sources)),
    )
