"""The newest fact of a slot holds, whatever order facts are learned, left and shown again in."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from sessions.memory.documents import FactDocument
from sessions.memory.supersession import settled
from tests.sessions.memory.made import NOW, fact


def line(days: list[tuple[int, bool]], before: bool, left: int) -> list[FactDocument]:
    """Return facts of one slot as they may lie in a store; one may have been left since."""
    made = [fact(str(at), day=day, shown=seen) for at, (day, seen) in enumerate(days)]
    made = settled(made) if before else made
    if left < len(made):
        made[left] = structs.replace(made[left], shown=not made[left].shown)
    return made[left % 3 :] + made[: left % 3]


def lines() -> st.SearchStrategy[list[FactDocument]]:
    days = st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=6)
    return st.builds(line, days, st.booleans(), st.integers(0, 9))


@given(lines())
def test_one_shown_fact_holds_and_nothing_is_lost(facts: list[FactDocument]) -> None:
    after = settled(facts)

    assert sorted((each.id, each.text) for each in after) == sorted(
        (each.id, each.text) for each in facts
    )
    current = [each for each in after if each.current]
    shown = [each for each in after if each.shown]
    assert len(current) == (1 if shown else 0)
    if shown:
        assert current[0].valid_from == max(each.valid_from for each in shown)
    assert all((each.valid_to is None) == (each.superseded_by is None) for each in shown)


@given(lines())
def test_order_makes_no_difference_and_again_changes_nothing(facts: list[FactDocument]) -> None:
    after = settled(facts)

    assert settled(facts[::-1]) == after or set(map(_key, settled(facts[::-1]))) == set(
        map(_key, after)
    )
    assert settled(after) == after


def _key(each: FactDocument) -> tuple[object, ...]:
    return each.id, each.valid_to, each.superseded_by


@given(st.integers(0, 3), st.integers(4, 9))
def test_what_ended_by_itself_stays_ended(ended: int, later: int) -> None:
    over = structs.replace(fact("a"), valid_to=NOW + timedelta(days=ended))

    first, second = settled([over, fact("b", day=later)])

    assert first.valid_to == over.valid_to
    assert second.current
