"""Branches of a session's tree of turns."""

from hypothesis import given
from hypothesis import strategies as st

from sessions.archive import TURNS, TurnDocument
from sessions.branches import (
    SNAPSHOT_TURNS,
    chain,
    followed,
    grown,
    leaf_of,
    load_branch,
    load_shown,
    siblings,
    was_shown,
)
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.turns import AT, session, turn


@st.composite
def trees(draw: st.DrawFn) -> list[TurnDocument]:
    """Turns of which some follow an earlier one than the last."""
    count = draw(st.integers(1, 25))
    turns = []
    for number in range(1, count + 1):
        follows = draw(st.one_of(st.none(), st.integers(0, number - 1)))
        turns.append(turn(number, follows=follows))
    return turns


def test_a_turn_follows_the_one_before_unless_it_says_otherwise() -> None:
    assert [followed(turn(1)), followed(turn(5)), followed(turn(5, follows=2))] == [0, 4, 2]


@given(trees())
def test_a_branch_is_what_following_leads_to(turns: list[TurnDocument]) -> None:
    by_number = {each.number: each for each in turns}
    for leaf in turns:
        expected, number = [], leaf.number
        while number:
            expected.append(number)
            number = followed(by_number[number])

        assert [each.number for each in chain(reversed(turns), leaf.number)] == expected


@given(trees())
def test_the_newest_branch_through_a_turn_holds_it_and_nothing_newer_follows(
    turns: list[TurnDocument],
) -> None:
    for through in turns:
        later = [each for each in turns if each.number > through.number]
        leaf = max(grown({through.number}, later))

        assert through in chain(reversed(turns), leaf)
        assert not any(followed(each) == leaf for each in turns)


def test_a_chosen_branch_is_shown_until_a_newer_turn_comes() -> None:
    chosen = session(chosen=2, chosen_at=4)

    assert (leaf_of(chosen, 4), leaf_of(chosen, 5), leaf_of(session(), 4)) == (2, 5, 4)


def test_siblings_are_named_in_order_at_each_of_their_places() -> None:
    forks = [
        turn(3, forked=True, origin=2, follows=1, supersedes="t_2"),
        turn(5, forked=True, origin=2, follows=1, supersedes="t_3"),
    ]
    shown = [turn(1), forks[1], turn(6)]

    assert siblings(shown, forks) == {5: ("t_2", "t_3", "t_5")}
    assert siblings([turn(2)], forks) == {2: ("t_2", "t_3", "t_5")}


async def test_a_branch_is_loaded_over_what_is_not_on_it(documents: SqliteDocuments) -> None:
    for number in range(1, 31):
        follows = 2 if number == 28 else None
        await documents.insert(TURNS, turn(number, follows=follows))

    whole = await load_branch(documents, "s_1", 30, limit=50)
    part = await load_branch(documents, "s_1", 30, limit=4)
    shown = await load_shown(documents, session(chosen=27, chosen_at=30, branched_at=AT), limit=2)

    assert [each.number for each in whole] == [30, 29, 28, 2, 1]
    assert [each.number for each in part] == [30, 29, 28, 2]
    assert [each.number for each in shown] == [26, 27]
    assert await load_branch(documents, "s_1", 99, limit=50) == []


async def test_what_is_older_than_snapshots_hold_may_be_in_no_readers_view(
    documents: SqliteDocuments,
) -> None:
    last = SNAPSHOT_TURNS + 2
    for number in range(1, last + 1):
        await documents.insert(TURNS, turn(number))

    def fork(of: int) -> TurnDocument:
        return turn(last + 1, forked=True, origin=of, follows=of - 1, supersedes=f"t_{of}")

    assert await was_shown(documents, fork(last))
    assert await was_shown(documents, fork(3))
    assert not await was_shown(documents, fork(2))
