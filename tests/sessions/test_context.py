"""What a turn knows of its session."""

from datetime import timedelta

import pytest

from sessions.archive import TURNS, UserMessage
from sessions.context import load_conversation, past_turn
from sessions.conversation import Summary
from sessions.history import fold
from sessions.memory.correcting import corrected
from sessions.memory.documents import FACTS
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.memory.made import fact
from tests.sessions.turns import AT, session, turn


def folded(*numbers: int) -> Summary:
    summary = Summary()
    for number in numbers:
        summary = fold(summary, past_turn(turn(number)), number=number)
    return summary


async def talked(documents: SqliteDocuments, count: int) -> None:
    for number in range(1, count + 1):
        await documents.insert(TURNS, turn(number))


async def test_a_stored_summary_is_gone_on_with(documents: SqliteDocuments) -> None:
    await talked(documents, 4)

    found = await load_conversation(
        documents, session(summary=folded(1, 2, 3)), turn(5, done=False)
    )

    assert found.summary == folded(1, 2, 3, 4)
    assert (found.count, len(found.recent)) == (4, 4)


async def test_a_second_answer_goes_on_from_the_summary_before_the_first(
    documents: SqliteDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talked(documents, 60)
    known = session(summary=folded(*range(1, 61)), earlier=folded(*range(1, 60)), branched_at=AT)
    again = turn(61, done=False, forked=True, origin=60, follows=59, supersedes="t_60")

    def refold(*_: object, **__: object) -> Summary:
        raise AssertionError("folded anew")

    monkeypatch.setattr("sessions.context.fold", refold)
    found = await load_conversation(documents, known, again)

    assert found.summary == known.earlier


async def test_a_branch_from_further_back_is_folded_anew_without_what_left_it(
    documents: SqliteDocuments,
) -> None:
    await talked(documents, 9)
    known = session(summary=folded(*range(1, 10)), earlier=folded(*range(1, 9)), branched_at=AT)
    edited = turn(10, done=False, forked=True, origin=4, follows=3, supersedes="t_4")

    found = await load_conversation(documents, known, edited)

    assert found.summary == folded(1, 2, 3)
    assert [past.turn_id for past in found.recent] == ["t_1", "t_2", "t_3"]


async def test_the_answers_that_the_same_words_had_are_known(documents: SqliteDocuments) -> None:
    await talked(documents, 1)
    again = turn(
        2, done=False, forked=True, origin=1, follows=0, supersedes="t_1", messages=turn(1).messages
    )

    assert (await load_conversation(documents, session(), again)).superseded == ("answer 1",)


async def test_a_branch_is_folded_anew_as_its_user_has_corrected_it(
    documents: SqliteDocuments,
) -> None:
    for number, text in enumerate(("My goal is to run a marathon.", "It rained.", "It snowed."), 1):
        message = UserMessage(id=f"m_{number}", client_msg_id="c", text=text, created_at=AT)
        await documents.insert(TURNS, turn(number, messages=(message,)))
    now = AT + timedelta(hours=1)
    told = fact(user_id="u1", kind="goal", text="My goal is to run a marathon", slot="")
    await documents.insert(FACTS, corrected(told, "My goal is to learn the zither", now=now))
    edited = turn(4, done=False, forked=True, origin=3, follows=2, supersedes="t_3")

    found = await load_conversation(documents, session(branched_at=AT), edited)

    assert [each.text for each in found.summary.notes] == ["learn the zither"]
    assert "marathon" not in str(found.summary)
