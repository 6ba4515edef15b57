"""What readers of a session are told beside its answers: messages, marks, memories, changes."""

from typing import Protocol

from schemas.frames import FeedbackFrame, MemorySaved, MessageFrame, ReadFrame, SessionUpdated
from schemas.resources import Session
from sessions.archive import SessionDocument, TurnDocument
from sessions.command import Command
from sessions.log import Writer
from sessions.memory.documents import FactDocument
from sessions.views import message_views

__all__ = ["Telling", "View"]


# what is told again is a turn that runs or waits, or that came a moment ago
_MOST_SHOWN = 2_000


class View(Protocol):
    """Shows a session as clients see it now."""

    def __call__(self, session: SessionDocument, *, running: bool) -> Session: ...


class Telling:
    """Writes frames of what was accepted, each message once; `read_upto` is where readers stand."""

    def __init__(self, writer: Writer, view: View, *, read_upto: int) -> None:
        self.writer = writer
        self._view = view
        self._read_upto = read_upto
        self._shown: dict[tuple[str, str], None] = {}

    def messages(self, turn: TurnDocument) -> bool:
        """Tell of a turn's messages that readers have not seen; False when they have seen all."""
        told = edited = False
        for message in message_views([turn]):
            mine = message.client_msg_id in turn.client_msg_ids
            # what stood behind the old words left the view with them, and comes again
            edited = edited or (mine and message.supersedes is not None)
            if (mine or edited) and (turn.id, message.id) not in self._shown:
                if len(self._shown) >= _MOST_SHOWN:
                    del self._shown[next(iter(self._shown))]
                self._shown[turn.id, message.id] = None
                self.writer.write(MessageFrame, message=message)
                told = True
        return told

    def read(self, command: Command) -> None:
        """Tell how far the user has read; marks never go back."""
        if command.number >= self._read_upto:
            self._read_upto = command.number
            self.writer.write(ReadFrame, message_id=command.message_id, unread=command.unread)

    def rating(self, command: Command) -> None:
        """Tell what the user thinks of an answer."""
        self.writer.write(FeedbackFrame, turn_id=command.turn_id, rating=command.rating)

    def memory(self, command: Command, fact: FactDocument, session: SessionDocument) -> None:
        """Tell of a memory that was made of what was said in this session."""
        here = [each for each in fact.sources if each.session_id == session.id]
        self.writer.write(
            MemorySaved,
            memory_id=fact.id,
            kind=fact.kind,
            text=fact.text,
            turn_id=command.turn_id or "",
            message_ids=tuple(each.message_id for each in here),
        )

    def session(self, session: SessionDocument, *, running: bool) -> None:
        """Tell how a session is now."""
        self.writer.write(SessionUpdated, session=self._view(session, running=running))
