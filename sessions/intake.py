"""How what a user says becomes turns: a new one, a place in one that waits, or a new branch."""

from contextlib import suppress
from datetime import datetime

from msgspec import Struct, structs

from schemas.frames import Ack, Edit, Policy, Regenerate, Send
from sessions.archive import TURNS, Opening, SessionDocument, TurnDocument, UserMessage
from sessions.branches import followed, leaf_of
from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate, NotFound, TurnRunning
from sessions.ids import new_id
from sessions.stores.documents import Documents, Range
from sessions.text import MAX_TEXT_CHARS

__all__ = ["MOST_JOINED", "MOST_JOINED_CHARS", "Accepted", "Intake", "joins"]

MOST_JOINED = 16
MOST_JOINED_CHARS = 2 * MAX_TEXT_CHARS
_PAGE = 100


class Accepted(Struct, frozen=True, kw_only=True):
    """A message that is durable; `turn` is None when it was a repetition."""

    ack: Ack
    turn: TurnDocument | None


def joins(policy: Policy, newest: TurnDocument, leaf: int, *, chars: int = 0) -> bool:
    """Tell whether a message of `chars` becomes part of the newest turn; `leaf` ends the branch.

    It does until the turn's first delta, and as long as the turn holds fewer than 16 messages
    and no more than 16,000 characters with it: what is answered is never cut.
    """
    return (
        policy == "merge"
        and newest.joinable
        and newest.state in ("accepted", "running")
        and newest.number == leaf
        and len(newest.messages) < MOST_JOINED
        and sum(len(each.text) for each in newest.messages) + chars <= MOST_JOINED_CHARS
    )


class Intake:
    """Makes messages durable, each with one write; all methods raise StoreUnavailable."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    async def repeated(self, session_id: str, client_msg_id: str) -> Ack | None:
        """Return the ack of a message that was accepted before, as a duplicate."""
        turns = await self._documents.find(
            TURNS,
            "by_client_msg_id",
            {"session_id": session_id, "client_msg_ids": client_msg_id},
            limit=1,
        )
        return _ack(turns[0], client_msg_id, duplicate=True) if turns else None

    async def say(
        self,
        session: SessionDocument,
        frame: Send,
        text: str,
        *,
        key: str | None = None,
        interrupts: int = 0,
    ) -> Accepted:
        """Let a message join the newest turn or make one of its own, which `interrupts` another.

        Raises TurnRunning when it comes with the policy `reject` and one waits or runs.
        """
        while True:
            newest = await self.newest(session.id)
            number = newest.number if newest else 0
            if frame.policy == "reject" and newest is not None and newest.open:
                raise TurnRunning("a turn is running")
            leaf = leaf_of(session, number)
            now = self._clock.now()
            message = _message(frame.client_msg_id, text, now)
            if newest is not None and frame.client_msg_id in newest.client_msg_ids:
                ack = _ack(newest, frame.client_msg_id, duplicate=True)
                return Accepted(ack=ack, turn=None)
            if newest is not None and joins(frame.policy, newest, leaf, chars=len(text)):
                turn = _joined(newest, message, frame.persona, now)
            else:
                turn = _turn(
                    session,
                    number + 1,
                    (message,),
                    frame.client_msg_id,
                    now,
                    persona=frame.persona,
                    joinable=frame.policy != "queue",
                    interrupts=interrupts,
                    follows=leaf if leaf != number else None,
                    key=key,
                )
            if (accepted := await self._store(turn, frame.client_msg_id)) is not None:
                return accepted

    async def opened(
        self, session: SessionDocument, opening: Opening, key: str
    ) -> TurnDocument | None:
        """Make a turn of words that the mentor begins with; None when there was one of this key."""
        while await self.repeated(session.id, key) is None:
            newest = await self.newest(session.id)
            number = newest.number if newest else 0
            leaf = leaf_of(session, number)
            turn = _turn(
                session,
                number + 1,
                (),
                key,
                self._clock.now(),
                persona=None,
                joinable=False,
                follows=leaf if leaf != number else None,
            )
            turn = structs.replace(turn, opening=opening)
            with suppress(Duplicate):
                await self._documents.insert(TURNS, turn)
                return turn
        return None

    async def again(self, session: SessionDocument, frame: Regenerate) -> Accepted:
        """Make a sibling of a turn; raises NotFound."""
        old = await self.turn(session.id, frame.turn_id)
        return await self._fork(
            session, old, old.messages, frame.client_msg_id, persona=frame.persona, joinable=False
        )

    async def edited(
        self, session: SessionDocument, old: TurnDocument, frame: Edit, text: str
    ) -> Accepted:
        """Make a branch in which a message of turn `old` is replaced."""
        fresh = structs.replace(
            _message(frame.client_msg_id, text, self._clock.now()), supersedes=frame.message_id
        )
        messages = tuple(
            fresh if message.id == frame.message_id else message for message in old.messages
        )
        return await self._fork(
            session, old, messages, frame.client_msg_id, persona=old.persona, joinable=True
        )

    async def newest(self, session_id: str) -> TurnDocument | None:
        """Return the session's last turn."""
        found = await self._documents.find(
            TURNS, "by_session", {"session_id": session_id}, descending=True, limit=1
        )
        return found[0] if found else None

    async def turn(self, session_id: str, turn_id: str) -> TurnDocument:
        """Return one turn of a session; raises NotFound."""
        turn = await self._documents.get(TURNS, turn_id)
        if turn is None or turn.session_id != session_id or not turn.messages:
            raise NotFound("there is no such turn")
        return turn

    async def turn_with(self, session_id: str, message_id: str) -> TurnDocument:
        """Return the turn that holds a message of the user; raises NotFound."""
        before: int | None = None
        while turns := await self._documents.find(
            TURNS,
            "by_session",
            {"session_id": session_id},
            bounds=Range(lt=before),
            descending=True,
            limit=_PAGE,
        ):
            for turn in turns:
                if any(message.id == message_id for message in turn.messages):
                    return turn
            before = turns[-1].number
        raise NotFound("there is no such message of yours")

    async def _fork(
        self,
        session: SessionDocument,
        old: TurnDocument,
        messages: tuple[UserMessage, ...],
        client_msg_id: str,
        *,
        persona: str | None,
        joinable: bool,
    ) -> Accepted:
        while True:
            newest = await self.newest(session.id)
            turn = _turn(
                session,
                newest.number + 1 if newest else 1,
                messages,
                client_msg_id,
                self._clock.now(),
                persona=persona,
                joinable=joinable,
                follows=followed(old),
            )
            turn = structs.replace(
                turn, forked=True, origin=old.origin or old.number, supersedes=old.id
            )
            if (accepted := await self._store(turn, client_msg_id)) is not None:
                return accepted

    async def _store(self, turn: TurnDocument, client_msg_id: str) -> Accepted | None:
        """Write a turn; None when it must be made anew because another write came first."""
        try:
            if turn.client_msg_ids[0] == client_msg_id:
                await self._documents.insert(TURNS, turn)
            else:
                turn = await self._documents.replace(TURNS, turn)
        except Conflict:
            return None
        except Duplicate:
            # the same message by another way, or another message took the number
            ack = await self.repeated(turn.session_id, client_msg_id)
            return Accepted(ack=ack, turn=None) if ack is not None else None
        return Accepted(ack=_ack(turn, client_msg_id, duplicate=False), turn=turn)


def _message(client_msg_id: str, text: str, now: datetime) -> UserMessage:
    return UserMessage(id=new_id("m", now), client_msg_id=client_msg_id, text=text, created_at=now)


def _joined(
    turn: TurnDocument, message: UserMessage, persona: str | None, now: datetime
) -> TurnDocument:
    return structs.replace(
        turn,
        messages=(*turn.messages, message),
        client_msg_ids=(*turn.client_msg_ids, message.client_msg_id),
        persona=persona or turn.persona,
        updated_at=now,
    )


def _turn(
    session: SessionDocument,
    number: int,
    messages: tuple[UserMessage, ...],
    client_msg_id: str,
    now: datetime,
    *,
    persona: str | None,
    joinable: bool,
    follows: int | None,
    interrupts: int = 0,
    key: str | None = None,
) -> TurnDocument:
    return TurnDocument(
        id=new_id("t", now),
        session_id=session.id,
        user_id=session.user_id,
        number=number,
        messages=messages,
        client_msg_ids=(client_msg_id,),
        created_at=now,
        updated_at=now,
        persona=persona,
        key=key,
        joinable=joinable,
        interrupts=interrupts,
        follows=follows,
    )


def _ack(turn: TurnDocument, client_msg_id: str, *, duplicate: bool) -> Ack:
    ids = [each.id for each in turn.messages if each.client_msg_id == client_msg_id]
    ids += [each.id for each in turn.messages[-1:]]
    return Ack(
        client_msg_id=client_msg_id,
        session_id=turn.session_id,
        turn_id=turn.id,
        # there is none where the user has deleted it since
        message_id=ids[0] if ids else "",
        duplicate=duplicate,
    )
