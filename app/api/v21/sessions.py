"""Sessions and their messages over plain HTTP."""

from typing import Annotated, Any, TypeAlias

from litestar import Controller, Request, Response, delete, get, patch, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import structs

from app.api.v21.caller import network
from app.api.v21.me import RECEIPT, WAIT_S
from app.api.v21.parts import Caller, ErasuresPart, LimitsPart, SessionsPart
from app.security.rates import READ, SEND, WRITE, of_network, of_session, spend
from schemas.erasure import Receipt
from schemas.frames import Ack, Edit, Feedback, Read, Regenerate, Send, Typing
from schemas.resources import (
    CreateSession,
    EditMessage,
    GiveFeedback,
    MarkRead,
    MessagePage,
    ReadMark,
    RegenerateTurn,
    SendMessage,
    Session,
    SessionPage,
    ShowTyping,
    StopTurn,
    UpdateSession,
)
from sessions.erasure.receipts import receipt_of
from sessions.stores.cursors import read_before

__all__ = ["SessionsController"]

SessionId: TypeAlias = FromPath[str]
Before: TypeAlias = Annotated[str | None, QueryParameter(max_length=128)]
Limit: TypeAlias = Annotated[int, QueryParameter(ge=1, le=100)]


class SessionsController(Controller):
    """What a user has said and heard; other users' sessions do not exist (404)."""

    path = "/sessions"
    tags = ("sessions",)

    @get("/", summary="List sessions, the last used first")
    async def page(
        self,
        user_id: Caller,
        sessions: SessionsPart,
        limits: LimitsPart,
        before: Before = None,
        limit: Limit = 30,
    ) -> SessionPage:
        """Return a page; `before` is the `next` of the page before."""
        cursor = read_before(before) if before else None
        await spend(limits, READ, user_id)
        return await sessions.page(user_id, before=cursor, limit=limit)

    @post("/", summary="Make an empty session")
    async def create(
        self,
        data: JSONBody[CreateSession],
        user_id: Caller,
        sessions: SessionsPart,
        limits: LimitsPart,
    ) -> Session:
        """Make a session; one is also made by a `send` without session_id."""
        await spend(limits, WRITE, user_id)
        return await sessions.create(user_id, data)

    @get("/{session_id:str}", summary="Get a session")
    async def one(
        self, session_id: SessionId, user_id: Caller, sessions: SessionsPart, limits: LimitsPart
    ) -> Session:
        """Return one session."""
        await spend(limits, READ, user_id)
        return await sessions.get(user_id, session_id)

    @patch("/{session_id:str}", summary="Change title, persona or the branch that is shown")
    async def update(
        self,
        session_id: SessionId,
        data: JSONBody[UpdateSession],
        user_id: Caller,
        sessions: SessionsPart,
        limits: LimitsPart,
    ) -> Session:
        """Change what the body names, and nothing else."""
        await spend(limits, WRITE, user_id)
        return await sessions.update(user_id, session_id, data)

    @delete("/{session_id:str}", summary="Delete a session and all its messages")
    async def remove(
        self, session_id: SessionId, user_id: Caller, erasures: ErasuresPart, limits: LimitsPart
    ) -> Response[None]:
        """Delete for good; X-ION-Receipt names the receipt (GET /me/erasures/{id})."""
        await spend(limits, WRITE, user_id)
        erasure = await erasures.session(user_id, session_id, wait_s=WAIT_S)
        return Response(None, status_code=204, headers={RECEIPT: erasure.id})

    @get("/{session_id:str}/messages", summary="Read messages, the newest turns first to come")
    async def messages(
        self,
        session_id: SessionId,
        user_id: Caller,
        sessions: SessionsPart,
        limits: LimitsPart,
        before: Annotated[int | None, QueryParameter(ge=1, le=2**31)] = None,
        limit: Limit = 50,
    ) -> MessagePage:
        """Return at most `limit` turns' messages in order; `before` reaches further back."""
        await spend(limits, READ, user_id)
        return await sessions.messages(user_id, session_id, before=before, limit=limit)

    @delete(
        "/{session_id:str}/messages/{message_id:str}",
        status_code=200,
        summary="Delete a message and its answer",
        responses={
            202: ResponseSpec(Receipt, generate_examples=False, description="It goes on by itself")
        },
    )
    async def forget(
        self,
        session_id: SessionId,
        message_id: FromPath[str],
        user_id: Caller,
        erasures: ErasuresPart,
        limits: LimitsPart,
    ) -> Response[Receipt]:
        """Delete a message of the user with all its wordings and answers, or one answer alone."""
        await spend(limits, WRITE, user_id)
        erasure = await erasures.message(user_id, session_id, message_id, wait_s=WAIT_S)
        return Response(receipt_of(erasure), status_code=200 if erasure.erased_at else 202)

    @post("/{session_id:str}/messages", status_code=202, summary="Say something")
    async def send(
        self,
        session_id: SessionId,
        data: JSONBody[SendMessage],
        user_id: Caller,
        sessions: SessionsPart,
        limits: LimitsPart,
        request: Request[Any, Any, Any],
    ) -> Ack:
        """Accept a message; its answer comes into the log (see events) and the messages."""
        more = [*of_session(user_id, session_id), *of_network(network(request))]
        await spend(limits, SEND, user_id, *more)
        frame = Send(
            client_msg_id=data.client_msg_id,
            text=data.text,
            session_id=session_id,
            persona=data.persona,
            policy=data.policy,
        )
        accepted = await sessions.send(user_id, frame)
        # requests show no signs of typing
        sessions.begin(accepted, breath=data.policy == "merge")
        return accepted.ack

    @post("/{session_id:str}/stop", status_code=202, summary="Stop the running answer")
    async def stop(
        self,
        session_id: SessionId,
        user_id: Caller,
        sessions: SessionsPart,
        limits: LimitsPart,
        data: JSONBody[StopTurn | None] = None,
    ) -> Response[None]:
        """End the running turn; what was written stays."""
        await spend(limits, WRITE, user_id)
        await sessions.stop(user_id, session_id, data.turn_id if data else None)
        return Response(None, status_code=202)

    @post("/{session_id:str}/regenerate", status_code=202, summary="Have a turn answered again")
    async def regenerate(
        self,
        session_id: SessionId,
        data: JSONBody[RegenerateTurn],
        user_id: Caller,
        sessions: SessionsPart,
        limits: LimitsPart,
        request: Request[Any, Any, Any],
    ) -> Ack:
        """Make a sibling of a turn; what is not answered yet stops."""
        more = [*of_session(user_id, session_id), *of_network(network(request))]
        await spend(limits, SEND, user_id, *more)
        frame = Regenerate(session_id=session_id, **structs.asdict(data))
        accepted = await sessions.regenerate(user_id, frame)
        sessions.begin(accepted)
        return accepted.ack

    @post("/{session_id:str}/edit", status_code=202, summary="Replace a message")
    async def edit(
        self,
        session_id: SessionId,
        data: JSONBody[EditMessage],
        user_id: Caller,
        sessions: SessionsPart,
        limits: LimitsPart,
        request: Request[Any, Any, Any],
    ) -> Ack:
        """Go on from a message with other words; what is not answered yet stops."""
        more = [*of_session(user_id, session_id), *of_network(network(request))]
        await spend(limits, SEND, user_id, *more)
        accepted = await sessions.edit(user_id, Edit(session_id=session_id, **structs.asdict(data)))
        sessions.begin(accepted)
        return accepted.ack

    @post("/{session_id:str}/feedback", status_code=202, summary="Rate an answer")
    async def feedback(
        self,
        session_id: SessionId,
        data: JSONBody[GiveFeedback],
        user_id: Caller,
        sessions: SessionsPart,
        limits: LimitsPart,
    ) -> Response[None]:
        """Keep what the user thinks of an answer."""
        await spend(limits, WRITE, user_id)
        await sessions.rate(user_id, Feedback(session_id=session_id, **structs.asdict(data)))
        return Response(None, status_code=202)

    @post("/{session_id:str}/read", status_code=202, summary="Say what was read")
    async def read(
        self,
        session_id: SessionId,
        data: JSONBody[MarkRead],
        user_id: Caller,
        sessions: SessionsPart,
        limits: LimitsPart,
    ) -> ReadMark:
        """Move the read mark forward; it never goes back. Return where it is now."""
        await spend(limits, WRITE, user_id)
        read = Read(session_id=session_id, **structs.asdict(data))
        moved = await sessions.mark_read(user_id, read)
        return await sessions.read_mark(user_id, session_id, moved=moved)

    @post("/{session_id:str}/typing", status_code=202, summary="Say that the user writes")
    async def typing(
        self,
        session_id: SessionId,
        data: JSONBody[ShowTyping],
        user_id: Caller,
        sessions: SessionsPart,
        limits: LimitsPart,
    ) -> Response[None]:
        """Hold the answer while the user goes on writing."""
        await spend(limits, WRITE, user_id)
        await sessions.typing(user_id, Typing(session_id=session_id, active=data.active))
        return Response(None, status_code=202)
