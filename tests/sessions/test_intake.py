"""Messages become turns, each with one durable write."""

import asyncio

import pytest
from msgspec import structs

from schemas.frames import Edit, Regenerate, Send
from sessions.archive import TURNS, TurnDocument
from sessions.errors import NotFound, TurnRunning
from sessions.intake import MOST_JOINED, MOST_JOINED_CHARS, Intake
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.sessions.turns import AT, session, turn

SESSION = session()


@pytest.fixture
def intake(documents: SqliteDocuments) -> Intake:
    return Intake(documents, FakeClock())


def said(key: str, **fields: object) -> Send:
    return Send(client_msg_id=key, text=key, session_id="s_1", **fields)  # type: ignore[arg-type]


async def stored(documents: SqliteDocuments) -> list[TurnDocument]:
    return await documents.find(TURNS, "by_session", {"session_id": "s_1"})


async def test_a_message_joins_a_turn_that_has_not_begun_to_stream(
    intake: Intake, documents: SqliteDocuments
) -> None:
    first = await intake.say(SESSION, said("c1"), "one")
    assert first.turn is not None
    await documents.replace(TURNS, structs.replace(first.turn, state="running", attempt=1))
    second = await intake.say(SESSION, said("c2", persona="riri"), "two")

    [only] = await stored(documents)
    assert [each.text for each in only.messages] == ["one", "two"]
    assert only.persona == "riri"
    assert second.ack.turn_id == first.ack.turn_id
    assert second.ack.message_id == only.messages[1].id


@pytest.mark.parametrize(
    "newest",
    [
        turn(1, done=False, joinable=True, state="streaming"),
        turn(1, done=False, joinable=False),
        turn(1, joinable=True),
    ],
    ids=["streams already", "is to be answered alone", "is done"],
)
async def test_a_message_makes_a_turn_of_its_own_when_the_newest(
    intake: Intake, documents: SqliteDocuments, newest: TurnDocument
) -> None:
    await documents.insert(TURNS, newest)

    accepted = await intake.say(SESSION, said("k"), "k")

    assert accepted.ack.turn_id != newest.id
    assert [each.number for each in await stored(documents)] == [1, 2]


@pytest.mark.parametrize(
    ("policy", "turns", "joinable"),
    [("merge", 1, True), ("queue", 2, False), ("interrupt", 2, True)],
)
async def test_only_merge_joins_and_only_queue_wants_to_stay_alone(
    intake: Intake, documents: SqliteDocuments, policy: str, turns: int, joinable: bool
) -> None:
    await intake.say(SESSION, said("c1"), "one")
    await intake.say(SESSION, said("c2", policy=policy), "two")

    found = await stored(documents)
    assert len(found) == turns
    assert found[-1].joinable is joinable


async def test_of_several_that_reject_at_once_one_is_taken(
    intake: Intake, documents: SqliteDocuments
) -> None:
    frames = [said(f"c{number}", policy="reject") for number in range(5)]
    outcomes = await asyncio.gather(
        *(intake.say(SESSION, each, "x") for each in frames), return_exceptions=True
    )

    assert sum(isinstance(each, TurnRunning) for each in outcomes) == 4
    assert len(await stored(documents)) == 1


async def test_a_turn_takes_sixteen_messages(intake: Intake, documents: SqliteDocuments) -> None:
    for number in range(MOST_JOINED + 1):
        await intake.say(SESSION, said(f"c{number}"), "more")

    assert [len(each.messages) for each in await stored(documents)] == [MOST_JOINED, 1]


async def test_a_turn_takes_no_more_than_can_be_answered_uncut(
    intake: Intake, documents: SqliteDocuments
) -> None:
    for number in range(3):
        await intake.say(SESSION, said(f"c{number}"), "x" * (MOST_JOINED_CHARS // 2))

    assert [len(each.messages) for each in await stored(documents)] == [2, 1]


async def test_messages_sent_at_once_are_all_kept_and_each_once(
    intake: Intake, documents: SqliteDocuments
) -> None:
    frames = [said(f"c{number % 10}") for number in range(30)]
    accepted = await asyncio.gather(*(intake.say(SESSION, each, "x") for each in frames))

    kept = [key for each in await stored(documents) for key in each.client_msg_ids]
    assert sorted(kept) == sorted({each.client_msg_id for each in frames})
    assert sum(not each.ack.duplicate for each in accepted) == 10
    for each in accepted:
        again = await intake.repeated("s_1", each.ack.client_msg_id)
        assert again == structs.replace(each.ack, duplicate=True)


async def test_an_answer_made_again_is_a_sibling_with_the_same_messages(
    intake: Intake, documents: SqliteDocuments
) -> None:
    for number in (1, 2, 3):
        await documents.insert(TURNS, turn(number))

    frame = Regenerate(session_id="s_1", turn_id="t_2", client_msg_id="again", persona="nana")
    first = await intake.again(SESSION, frame)
    assert first.turn is not None
    second = await intake.again(
        SESSION, structs.replace(frame, turn_id=first.turn.id, client_msg_id="once more")
    )

    assert second.turn is not None
    assert (first.turn.follows, first.turn.origin, first.turn.supersedes) == (1, 2, "t_2")
    assert (second.turn.follows, second.turn.origin) == (1, 2)
    assert second.turn.supersedes == first.turn.id
    assert first.turn.messages == turn(2).messages
    assert (first.turn.persona, first.turn.number) == ("nana", 4)
    assert first.ack.message_id == "m_2"


async def test_an_edited_message_makes_a_branch_in_which_the_others_stay(
    intake: Intake, documents: SqliteDocuments
) -> None:
    both = (*turn(2).messages, *turn(9).messages)
    await documents.insert(TURNS, turn(1))
    await documents.insert(TURNS, turn(2, messages=both, client_msg_ids=("c2", "c9")))

    frame = Edit(session_id="s_1", message_id="m_2", client_msg_id="e", text="better")
    old = await intake.turn_with("s_1", "m_2")
    accepted = await intake.edited(SESSION, old, frame, "better")

    assert accepted.turn is not None
    [edited, other] = accepted.turn.messages
    assert (edited.text, edited.supersedes, edited.client_msg_id) == ("better", "m_2", "e")
    assert other == both[1]
    assert accepted.turn.client_msg_ids == ("e",)
    assert accepted.ack.message_id == edited.id


async def test_a_message_goes_on_from_the_branch_that_was_chosen(
    intake: Intake, documents: SqliteDocuments
) -> None:
    for number in (1, 2, 3):
        await documents.insert(TURNS, turn(number, joinable=True))

    chosen = session(chosen=1, chosen_at=3, branched_at=AT)
    accepted = await intake.say(chosen, said("k"), "k")

    assert accepted.turn is not None
    assert (accepted.turn.number, accepted.turn.follows) == (4, 1)


async def test_a_message_does_not_join_a_turn_on_a_branch_that_is_not_shown(
    intake: Intake, documents: SqliteDocuments
) -> None:
    await documents.insert(TURNS, turn(1))
    await documents.insert(TURNS, turn(2, done=False, joinable=True))

    accepted = await intake.say(session(chosen=1, chosen_at=2), said("k"), "k")

    assert accepted.turn is not None
    assert accepted.turn.follows == 1


async def test_what_is_not_in_the_session_is_not_found(
    intake: Intake, documents: SqliteDocuments
) -> None:
    await documents.insert(TURNS, turn(1, session_id="s_2"))

    with pytest.raises(NotFound):
        await intake.turn("s_1", "t_1")
    with pytest.raises(NotFound):
        await intake.turn_with("s_1", "m_1")
