"""Turn-taking over several processes: bursts, typing, second answers, edits, reading."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from msgspec import structs

from schemas.frames import (
    Delta,
    Edit,
    Feedback,
    FeedbackFrame,
    MessageFrame,
    Read,
    ReadFrame,
    Regenerate,
    Send,
    TurnDone,
    TurnStarted,
    Typing,
)
from schemas.resources import Rating, UpdateSession
from sessions.archive import TURNS, TurnDocument
from sessions.command import Command
from sessions.errors import BadRequest, Gone, NotFound, TurnRunning
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.processes import Reader
from tests.sessions.talks import Gate, Home, done, heard, idle, say, stored, talked, two_processes
from tests.sessions.turns import answer


@pytest.fixture
async def home(documents: SqliteDocuments, redis_url: str) -> AsyncIterator[Home]:
    async with two_processes(documents, redis_url, Gate()) as home:
        yield home


def rated(count: int) -> Callable[[Reader], bool]:
    return lambda reader: len(reader.of(FeedbackFrame)) == count


async def test_messages_before_the_first_word_are_answered_as_one(
    home: Home, documents: SqliteDocuments
) -> None:
    one, two, gate = home
    first = await one.say("I", "c1")
    session_id = first.ack.session_id
    reader = await one.read(session_id, from_start=True)
    await heard(gate, 1)
    second = await two.say("am", "c2", session_id)
    await heard(gate, 2)
    third = await one.say("lost", "c3", session_id)
    await heard(gate, 3)
    gate.open.set()
    await reader.until(done())

    assert first.ack.turn_id == second.ack.turn_id == third.ack.turn_id
    assert reader.of(TurnDone)[0].text == "<I\nam\nlost>"
    assert [each.message.text for each in reader.of(MessageFrame)] == ["I", "am", "lost"]
    assert [len(each.message_ids) for each in reader.of(TurnStarted)] == [1, 2, 3]
    [turn] = await stored(documents, session_id)
    assert (turn.state, turn.attempt, len(turn.messages)) == ("done", 1, 3)


async def test_a_message_after_the_first_word_is_answered_next(
    documents: SqliteDocuments, redis_url: str
) -> None:
    gate = Gate(tokens=30, interval_s=0.01)
    async with two_processes(documents, redis_url, gate) as (one, two, _):
        gate.open.set()
        session_id = (await one.say("one", "c1")).ack.session_id
        reader = await one.read(session_id, from_start=True)
        await reader.until(lambda r: len(r.of(Delta)) > 3)
        await two.say("two", "c2", session_id)
        await two.say("three", "c3", session_id)
        await reader.until(done(2))

    assert [each.text[:5] for each in reader.of(TurnDone)] == ["<one>", "<two\n"]
    assert [len(each.messages) for each in await stored(documents, session_id)] == [1, 2]


async def test_a_message_that_joins_as_the_first_word_leaves_makes_the_answer_begin_anew(
    home: Home, documents: SqliteDocuments
) -> None:
    one, two, gate = home
    first = await one.say("I", "c1")
    session_id = first.ack.session_id
    reader = await one.read(session_id, from_start=True)
    await heard(gate, 1)
    # the owner does not hear of it before its own first word
    await two.sessions.send("u1", Send(client_msg_id="c2", text="am", session_id=session_id))
    gate.open.set()
    await reader.until(done())

    assert reader.of(TurnDone)[0].text == "<I\nam>"
    assert [each.message.text for each in reader.of(MessageFrame)] == ["I", "am"]
    last_start = max(each.seq for each in reader.of(TurnStarted))
    assert "".join(e.text for e in reader.of(Delta) if e.seq > last_start) == "<I\nam>"


async def test_typing_holds_the_answer_until_the_message_has_come(home: Home) -> None:
    one, two, gate = home
    session_id = (await one.say("I", "c1")).ack.session_id
    reader = await one.read(session_id, from_start=True)
    await heard(gate, 1)
    await two.sessions.typing("u1", Typing(session_id=session_id, active=True))
    await asyncio.sleep(0.1)
    gate.open.set()
    await asyncio.sleep(0.1)
    assert len(one.owners) == 1
    assert not await _has_words(reader)

    await two.say("am lost", "c2", session_id)
    await reader.until(done())

    assert reader.of(TurnDone)[0].text == "<I\nam lost>"


async def _has_words(reader: Reader) -> bool:
    try:
        await reader.until(lambda r: bool(r.of(Delta)), deadline_s=0.05)
    except TimeoutError:
        return False
    return True


async def test_a_stop_ends_the_hold_as_well(home: Home) -> None:
    one, two, gate = home
    session_id = (await one.say("I", "c1")).ack.session_id
    reader = await one.read(session_id, from_start=True)
    await heard(gate, 1)
    await one.sessions.typing("u1", Typing(session_id=session_id, active=True))
    gate.open.set()
    await two.sessions.stop("u1", session_id)
    await reader.until(done())

    assert reader.of(TurnDone)[0].finish_reason == "stopped"


@pytest.mark.parametrize(("messages", "text"), [(1, "<I\nam>"), (2, "")])
async def test_a_stop_ends_what_was_said_before_it_and_no_more(
    home: Home, messages: int, text: str
) -> None:
    one, two, gate = home
    first = (await one.say("I", "c1")).ack
    reader = await one.read(first.session_id, from_start=True)
    await heard(gate, 1)
    # it has joined the turn, but the owner has not heard of it
    said = Send(client_msg_id="c2", text="am", session_id=first.session_id)
    await two.sessions.send("u1", said)
    stop = Command(kind="stop", turn_id=first.turn_id, number=messages)
    await one.owners.tell(first.session_id, stop)
    gate.open.set()
    await reader.until(done())

    [ended] = reader.of(TurnDone)
    assert (ended.text, ended.finish_reason) == (text, "stop" if text else "stopped")


async def test_typing_where_nothing_is_answered_wakes_nobody(home: Home) -> None:
    session_id, _, _ = await talked(home, "hello")
    one, two, _ = home
    async with asyncio.timeout(10):
        while len(one.owners):
            await asyncio.sleep(0.01)
    await two.sessions.typing("u1", Typing(session_id=session_id, active=True))

    assert len(one.owners) == len(two.owners) == 0
    with pytest.raises(NotFound):
        await two.sessions.typing("u2", Typing(session_id=session_id, active=True))


async def test_an_answer_is_made_again_and_the_model_sees_the_chosen_branch_alone(
    home: Home, documents: SqliteDocuments
) -> None:
    session_id, reader, said = await talked(home, "one", "two", "three")
    _, two, gate = home
    frame = Regenerate(session_id=session_id, turn_id=said[1].ack.turn_id, client_msg_id="again")
    accepted = await two.sessions.regenerate("u1", frame)
    two.sessions.begin(accepted)
    repeated = await two.sessions.regenerate("u1", frame)
    await reader.until(done(4))
    await two.say("four", "c4", session_id)
    await reader.until(done(5))

    assert repeated.ack.duplicate
    assert repeated.ack.turn_id == accepted.ack.turn_id
    again = next(e for e in reader.of(TurnStarted) if e.turn_id == accepted.ack.turn_id)
    assert again.supersedes == said[1].ack.turn_id
    assert again.message_ids == (said[1].ack.message_id,)
    assert [past.user_text for past in gate.prompts[-1].conversation.recent] == ["one", "two"]
    page = await two.sessions.messages("u1", session_id, before=None, limit=50)
    users = [each.text for each in page.messages if each.role == "user"]
    assert users == ["one", "two", "four"]
    answers = [each for each in page.messages if each.role == "assistant"]
    assert answers[1].siblings == (said[1].ack.turn_id, accepted.ack.turn_id)
    assert answers[1].supersedes == "a" + said[1].ack.turn_id[1:]


async def test_an_edit_stops_what_runs_and_answers_the_new_words(
    documents: SqliteDocuments, redis_url: str
) -> None:
    gate = Gate(tokens=1000, interval_s=0.01)
    async with two_processes(documents, redis_url, gate) as (one, two, _):
        gate.open.set()
        first = await one.say("wrong", "c1")
        session_id = first.ack.session_id
        reader = await one.read(session_id, from_start=True)
        await reader.until(lambda r: len(r.of(Delta)) > 3)
        await say(one, "waits", "c2", session_id, "queue")
        edit = Edit(
            session_id=session_id,
            message_id=first.ack.message_id,
            client_msg_id="e",
            text="right",
        )
        two.sessions.begin(await two.sessions.edit("u1", edit))
        await reader.until(lambda r: any(e.text.startswith("<right>") for e in r.of(Delta)))
        await two.sessions.stop("u1", session_id)
        await reader.until(done(3))

    assert [each.finish_reason for each in reader.of(TurnDone)] == ["stopped"] * 3
    # what waited is left behind: it ends unanswered, then all see the new branch
    [edited] = reader.snapshots[-1].messages
    assert (edited.text, edited.supersedes) == ("right", first.ack.message_id)
    assert gate.prompts[-1].conversation.recent == ()


async def test_a_second_answer_to_what_is_out_of_view_brings_its_branch_into_view(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id, reader, said = await talked(home, "one", "two")
    one, two, _ = home
    edit = Edit(
        session_id=session_id, message_id=said[0].ack.message_id, client_msg_id="e", text="other"
    )
    one.sessions.begin(await one.sessions.edit("u1", edit))
    await reader.until(done(3))
    frame = Regenerate(session_id=session_id, turn_id=said[1].ack.turn_id, client_msg_id="again")
    again = await two.sessions.regenerate("u1", frame)
    # whoever accepted it dies: that it was is all that is known
    two.crash()
    await reader.until(done(4))

    assert [each.text for each in reader.snapshots[-1].messages] == ["one", "<one>", "two"]
    assert again.turn is not None
    assert reader.of(TurnStarted)[-1].turn_id == again.turn.id


async def test_who_comes_between_an_edit_and_the_stop_that_it_brings_sees_what_runs(
    home: Home,
) -> None:
    one, two, gate = home
    session_id, _, said = await talked(home, "I", "am")
    gate.open.clear()
    await one.say("lost", "c2", session_id)
    await heard(gate, 3)
    frame = Edit(
        session_id=session_id, message_id=said[1].ack.message_id, client_msg_id="e1", text="was"
    )
    edited = await two.sessions.edit("u1", frame)
    late = await one.read(session_id)
    await late.until(lambda reader: bool(reader.snapshots))
    gate.open.set()
    two.sessions.begin(edited)
    await late.until(lambda reader: any(each.text == "<was>" for each in reader.of(TurnDone)))

    [snapshot] = late.snapshots
    assert [each.text for each in snapshot.messages if each.role == "user"] == ["I", "am", "lost"]
    assert all(each.siblings == () for each in snapshot.messages)
    assert snapshot.running_turn is not None
    assert snapshot.running_turn.message_ids == (snapshot.messages[4].id,)
    [told] = [each for each in late.of(MessageFrame) if each.message.supersedes]
    assert told.message.supersedes == said[1].ack.message_id


async def test_an_answer_whose_end_is_stored_but_not_told_yet_is_not_counted_yet(
    home: Home, documents: SqliteDocuments
) -> None:
    one, _, gate = home
    session_id = (await one.say("I", "c1")).ack.session_id
    await heard(gate, 1)
    [turn] = await stored(documents, session_id)
    ended = structs.replace(turn, state="done", open=False, answer=answer(turn_id=turn.id))
    await documents.replace(TURNS, ended)
    late = await one.read(session_id)
    await late.until(lambda reader: bool(reader.snapshots))
    gate.open.set()

    assert late.snapshots[0].running_turn is not None
    assert (late.snapshots[0].session.unread, len(late.snapshots[0].messages)) == (0, 1)


async def test_of_two_edits_at_once_the_later_one_is_in_view(home: Home) -> None:
    session_id, reader, said = await talked(home, "one", "two")
    one, two, _ = home
    edits = [
        Edit(session_id=session_id, message_id=ack.message_id, client_msg_id=name, text=name)
        for name, ack in (("e1", said[0].ack), ("e2", said[1].ack))
    ]
    # both were in view when they were written
    accepted = [await one.sessions.edit("u1", edits[0]), await two.sessions.edit("u1", edits[1])]
    two.sessions.begin(accepted[1])
    one.sessions.begin(accepted[0])
    await reader.until(done(4))

    texts = [each.text for each in reader.snapshots[-1].messages]
    assert texts == ["one", "<one>", "e2"]
    assert [each.finish_reason for each in reader.of(TurnDone)][2:] == ["stopped", "stop"]


async def test_what_is_said_behind_a_second_answer_is_shown_when_that_has_begun(home: Home) -> None:
    session_id, reader, said = await talked(home, "one", "two")
    one, _, _ = home
    frame = Regenerate(session_id=session_id, turn_id=said[0].ack.turn_id, client_msg_id="again")
    again = await one.sessions.regenerate("u1", frame)
    next_ = await one.sessions.send(
        "u1", Send(client_msg_id="c3", text="three", session_id=session_id, policy="queue")
    )
    one.sessions.begin(again)
    one.sessions.begin(next_)
    await reader.until(done(4))

    shown = [e for e in reader.frames if isinstance(e, MessageFrame | TurnStarted)][4:]
    assert isinstance(shown[0], TurnStarted)
    assert shown[0].supersedes == said[0].ack.turn_id
    assert isinstance(shown[1], MessageFrame)
    assert shown[1].message.id == next_.ack.message_id


async def test_what_was_said_before_an_edit_but_is_heard_of_after_it_is_on_no_readers_branch(
    home: Home,
) -> None:
    session_id, reader, said = await talked(home, "one", "two")
    one, two, _ = home
    late = await one.sessions.send(
        "u1", Send(client_msg_id="c3", text="three", session_id=session_id, policy="queue")
    )
    edit = Edit(
        session_id=session_id, message_id=said[1].ack.message_id, client_msg_id="e", text="due"
    )
    two.sessions.begin(await two.sessions.edit("u1", edit))
    await reader.until(done(3))
    one.sessions.begin(late)
    await reader.until(lambda r: bool(r.snapshots))

    page = await two.sessions.messages("u1", session_id, before=None, limit=50)
    kept = [each.text for each in page.messages if each.role == "user"]
    shown = [each.text for each in reader.snapshots[-1].messages if each.role == "user"]
    assert kept == shown == ["one", "due"]


async def test_what_stood_behind_edited_words_comes_again(home: Home) -> None:
    one, two, gate = home
    first = await one.say("wrong", "c1")
    session_id = first.ack.session_id
    reader = await one.read(session_id, from_start=True)
    await heard(gate, 1)
    second = await say(one, "and more", "c2", session_id, "merge")
    gate.open.set()
    await reader.until(done())
    edit = Edit(
        session_id=session_id, message_id=first.ack.message_id, client_msg_id="e", text="right"
    )
    two.sessions.begin(await two.sessions.edit("u1", edit))
    await reader.until(done(2))

    assert second.ack.turn_id == first.ack.turn_id
    shown = [e.message for e in reader.of(MessageFrame)]
    assert [each.text for each in shown] == ["wrong", "and more", "right", "and more"]
    assert shown[3].id == shown[1].id
    assert reader.of(TurnStarted)[-1].message_ids == (shown[2].id, shown[3].id)


async def test_a_second_answer_on_a_branch_out_of_view_brings_that_branch_back(home: Home) -> None:
    session_id, reader, said = await talked(home, "one", "two")
    one, _, _ = home
    for number, old in enumerate(said):
        key = f"again{number}"
        frame = Regenerate(session_id=session_id, turn_id=old.ack.turn_id, client_msg_id=key)
        one.sessions.begin(await one.sessions.regenerate("u1", frame))
        await reader.until(done(3 + number) if number == 0 else lambda r: len(r.snapshots) == 1)

    messages = reader.snapshots[0].messages
    users = [each.text for each in messages if each.role == "user"]
    assert users == ["one", "two"]
    assert messages[1].id == "a" + said[0].ack.turn_id[1:]


async def test_another_branch_is_chosen_and_gone_on_with(home: Home) -> None:
    session_id, reader, said = await talked(home, "one", "two")
    one, two, gate = home
    frame = Regenerate(session_id=session_id, turn_id=said[0].ack.turn_id, client_msg_id="again")
    two.sessions.begin(await two.sessions.regenerate("u1", frame))
    await reader.until(done(3))
    branch = UpdateSession(branch=said[0].ack.turn_id)
    await idle(*home[:2])
    await two.sessions.update("u1", session_id, branch)
    await reader.until(lambda r: bool(r.snapshots))
    await one.say("three", "c3", session_id)
    await reader.until(done(4))

    shown = [each.text for each in reader.snapshots[-1].messages if each.role == "user"]
    assert shown == ["one", "two"]
    assert [past.user_text for past in gate.prompts[-1].conversation.recent] == ["one", "two"]
    with pytest.raises(NotFound):
        await two.sessions.update("u1", session_id, UpdateSession(branch="t_no"))


async def test_a_branch_is_not_changed_while_a_turn_runs(home: Home) -> None:
    one, _, gate = home
    first = await one.say("I", "c1")
    await heard(gate, 1)

    with pytest.raises(TurnRunning):
        await one.sessions.update(
            "u1", first.ack.session_id, UpdateSession(branch=first.ack.turn_id)
        )


async def test_an_edit_forks_the_turn_that_is_in_view_where_two_hold_the_message(
    documents: SqliteDocuments, redis_url: str
) -> None:
    gate = Gate()
    async with two_processes(documents, redis_url, gate) as (one, two, _):
        first = await one.say("I", "c1")
        session_id = first.ack.session_id
        reader = await one.read(session_id, from_start=True)
        await heard(gate, 1)
        second = await one.say("am", "c2", session_id)
        gate.open.set()
        await reader.until(done())
        edit = Edit(
            session_id=session_id,
            message_id=first.ack.message_id,
            client_msg_id="e1",
            text="We",
        )
        one.sessions.begin(await one.sessions.edit("u1", edit))
        await reader.until(done(2))
        await idle(one, two)
        await one.sessions.update("u1", session_id, UpdateSession(branch=first.ack.turn_id))
        again = structs.replace(
            edit, message_id=second.ack.message_id, client_msg_id="e2", text="was"
        )
        accepted = await one.sessions.edit("u1", again)

    assert accepted.turn is not None
    assert [message.text for message in accepted.turn.messages] == ["I", "was"]


async def test_what_is_read_on_one_device_is_read_on_all(home: Home) -> None:
    session_id, reader, _ = await talked(home, "one", "two", "three")
    one, two, _ = home
    there = await two.read(session_id)
    await there.until(lambda r: bool(r.snapshots))
    before = await two.sessions.get("u1", session_id)
    ends = reader.of(TurnDone)
    await two.sessions.mark_read("u1", Read(session_id=session_id, seq=ends[0].seq))
    await reader.until(lambda r: bool(r.of(ReadFrame)))
    middle = await one.sessions.get("u1", session_id)
    await one.sessions.mark_read("u1", Read(session_id=session_id, message_id=ends[2].message_id))
    await there.until(lambda r: len(r.of(ReadFrame)) == 2)

    assert (before.unread, middle.unread) == (3, 2)
    assert [(e.message_id, e.unread) for e in there.of(ReadFrame)] == [
        (ends[0].message_id, 2),
        (ends[2].message_id, 0),
    ]
    page = await one.sessions.page("u1", before=None, limit=5)
    assert page.sessions[0].unread == 0


async def test_a_read_mark_never_goes_back(home: Home) -> None:
    session_id, reader, _ = await talked(home, "one", "two")
    one, _, _ = home
    ends = reader.of(TurnDone)
    for place in (
        Read(session_id=session_id, seq=ends[1].seq),
        Read(session_id=session_id, seq=0),
        Read(session_id=session_id, seq=ends[1].seq, epoch="another"),
        Read(session_id=session_id, message_id=ends[0].message_id),
    ):
        await one.sessions.mark_read("u1", place)

    assert (await one.sessions.get("u1", session_id)).unread == 0
    with pytest.raises(BadRequest):
        await one.sessions.mark_read("u1", Read(session_id=session_id))
    with pytest.raises(NotFound):
        await one.sessions.mark_read("u1", Read(session_id=session_id, message_id="a_no"))


async def test_what_still_runs_is_not_read_by_its_name(
    documents: SqliteDocuments, redis_url: str
) -> None:
    gate = Gate(tokens=200, interval_s=0.01)
    gate.open.set()
    async with two_processes(documents, redis_url, gate) as (one, _, _):
        first = await one.say("I", "c1")
        session_id = first.ack.session_id
        reader = await one.read(session_id, from_start=True)
        await reader.until(lambda r: len(r.of(Delta)) > 3)
        running = reader.of(Delta)[0].message_id
        await one.sessions.mark_read("u1", Read(session_id=session_id, message_id=running))
        await one.sessions.stop("u1", session_id)
        await reader.until(done())

        assert (await one.sessions.get("u1", session_id)).unread == 1


async def test_an_answer_is_rated_and_the_rating_taken_back(home: Home) -> None:
    session_id, reader, said = await talked(home, "one")
    one, two, _ = home
    turn_id = said[0].ack.turn_id
    ratings: tuple[Rating, ...] = (1, -1, 0)
    for count, rating in enumerate(ratings, 1):
        frame = Feedback(session_id=session_id, turn_id=turn_id, rating=rating)
        await two.sessions.rate("u1", frame)
        await reader.until(rated(count))

    assert [each.rating for each in reader.of(FeedbackFrame)] == [1, -1, 0]
    with pytest.raises(NotFound):
        await one.sessions.rate("u2", Feedback(session_id=session_id, turn_id=turn_id, rating=1))


async def test_sync_tells_of_a_deletion_and_a_deleted_session_does_not_come_back(
    home: Home,
) -> None:
    session_id, _, _ = await talked(home, "one")
    one, two, _ = home
    token = (await two.sessions.sync("u1", None)).next
    await one.deletions.delete("u1", session_id)

    page = await two.sessions.sync("u1", token)
    assert page.deleted == (session_id,)
    assert page.sessions == ()
    with pytest.raises(Gone):
        await two.say("one", "c0")


async def test_bursts_of_many_devices_lose_and_double_nothing(
    documents: SqliteDocuments, redis_url: str
) -> None:
    gate = Gate(tokens=3, interval_s=0.002)
    gate.open.set()
    async with two_processes(documents, redis_url, gate) as (one, two, _):
        session_id = (await one.say("m0", "k0")).ack.session_id
        reader = await two.read(session_id, from_start=True)
        for round_ in range(8):
            await asyncio.gather(
                *(
                    (one, two)[number % 2].say(
                        f"m{round_}-{number}", f"k{round_}-{number}", session_id
                    )
                    for number in range(6)
                )
            )
            await asyncio.sleep(0.003 * round_)
        said = 1 + 8 * 6
        async with asyncio.timeout(20):
            while any(turn.open for turn in await stored(documents, session_id)):
                await asyncio.sleep(0.02)
        turns = await stored(documents, session_id)
        await reader.until(lambda r: len(_ended(r)) == len(turns))

    keys = [key for turn in turns for key in turn.client_msg_ids]
    assert len(keys) == len(set(keys)) == said
    for turn in turns:
        text = "\n".join(message.text for message in turn.messages)
        assert turn.answer is not None
        assert turn.answer.text == f"<{text}>" * 3
    for end in reader.of(TurnDone):
        begun = max(e.seq for e in reader.of(TurnStarted) if e.turn_id == end.turn_id)
        deltas = [e.text for e in reader.of(Delta) if begun < e.seq < end.seq]
        assert "".join(deltas) == end.text


def _ended(reader: Reader) -> set[str]:
    """Return the turns whose answers a reader has, from the log or from a snapshot."""
    shown = reader.snapshots[-1].messages if reader.snapshots else ()
    answered = {each.answered.turn_id for each in shown if each.answered is not None}
    return answered | {each.turn_id for each in reader.of(TurnDone)}


async def test_an_answer_that_overtakes_a_read_mark_stays_unread(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id, reader, _ = await talked(home, "one")
    one, two, gate = home
    gate.open.clear()
    await one.say("two", "c1", session_id)
    await heard(gate, 2)
    there, insist = await two.read(session_id), two.owners.insist

    async def late(session_id: str, command: Command, turn: TurnDocument | None = None) -> None:
        await there.until(done())
        await insist(session_id, command, turn)

    monkeypatch.setattr(two.owners, "insist", late)
    last = reader.of(TurnDone)[0].message_id
    await two.sessions.mark_read("u1", Read(session_id=session_id, message_id=last))
    gate.open.set()
    await reader.until(lambda r: bool(r.of(ReadFrame)))

    session = await one.sessions.get("u1", session_id)
    assert (reader.of(ReadFrame)[0].unread, session.unread) == (1, 1)
