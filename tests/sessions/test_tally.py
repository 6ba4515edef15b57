"""Counting messages and unread answers."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from sessions.archive import TURNS, TurnDocument
from sessions.stores.sqlite import SqliteDocuments
from sessions.tally import load_uncounted, tallied
from tests.sessions.turns import answer, session, turn

ENDED = st.lists(st.sampled_from(["answered", "empty", "failed"]), min_size=1, max_size=20).map(
    lambda kinds: [ended(number, kind) for number, kind in enumerate(kinds, 1)]
)


def ended(number: int, kind: str) -> TurnDocument:
    if kind == "failed":
        return turn(number, answer=None, failure="internal", state="failed")
    return turn(number) if kind == "answered" else turn(number, answer=answer(""))


@given(ENDED, st.data())
def test_counting_in_steps_is_counting_at_once(
    turns: list[TurnDocument], data: st.DataObject
) -> None:
    stepwise = session()
    seen = 0
    while seen < len(turns):
        seen += data.draw(st.integers(1, 5))
        stepwise = tallied(stepwise, turns[:seen])

    assert stepwise == tallied(session(), turns)
    assert tallied(stepwise, turns) == stepwise


def test_only_answers_with_words_after_the_read_mark_are_unread() -> None:
    turns = [turn(1), ended(2, "empty"), turn(3), ended(4, "failed"), turn(5, done=False)]

    counted = tallied(session(read_upto=1), turns)

    assert (counted.unread, counted.message_count, counted.counted) == (1, 7, 4)


def test_messages_a_sibling_repeats_are_not_counted_again() -> None:
    again = structs.replace(turn(2), messages=turn(1).messages, client_msg_ids=("again",))

    assert tallied(session(), [turn(1), again]).message_count == 3


async def test_only_turns_behind_the_count_are_loaded(documents: SqliteDocuments) -> None:
    for number in (1, 2, 3):
        await documents.insert(TURNS, turn(number))

    found = await load_uncounted(documents, session(counted=1))

    assert [each.number for each in found] == [2, 3]
