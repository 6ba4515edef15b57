"""Messages on their way: the answers that wait for them, and the queue file that keeps them."""

from pathlib import Path

from .answer import Answer
from .channel import Sending
from .errors import IonClientError
from .events import Acked, Done, Event, Failed
from .outbox import Entry, Outbox

__all__ = ["Deliveries"]


class Deliveries:
    """Who waits for what becomes of a message; with `path` messages survive the program."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._outbox: Outbox | None = None
        self._answers: dict[Sending, Answer] = {}

    def open(self) -> list[Entry]:
        """Open the queue file, once, and return what an earlier run left in it.

        Raises IonClientError `busy` when another program uses it.
        """
        if self._path is None or self._outbox is not None:
            return []
        self._outbox = Outbox(self._path)
        return self._outbox.entries

    def keep(self, entry: Entry) -> None:
        """Have a message on disk when this returns, if there is a file."""
        if self._outbox is not None:
            self._outbox.add(entry)

    def drop(self, entry: Entry) -> None:
        """Forget a message that can't be sent."""
        if self._outbox is not None:
            self._outbox.done(entry.client_msg_id, key=entry.key, session_id=entry.session_id)

    def expect(self, sending: Sending, answer: Answer) -> None:
        """Let an answer hear what becomes of a message."""
        self._answers[sending] = answer

    def tell(self, sending: Sending, event: Event | IonClientError) -> None:
        """Tell the answer of a message; what was acked or refused leaves the file."""
        answer = self._answers.get(sending)
        if answer is None:
            return
        if self._outbox is not None and isinstance(event, Acked | IonClientError):
            key, session_id = answer.session.channel.key, answer.session.id
            self._outbox.done(sending.client_msg_id, key=key, session_id=session_id)
        answer.push(event)
        if isinstance(event, Done | Failed | IonClientError):
            del self._answers[sending]

    def give_up(self, error: IonClientError) -> None:
        """Tell all who wait that nothing will come; what is on disk stays there."""
        for answer in self._answers.values():
            answer.push(error)
        self._answers.clear()

    def close(self) -> None:
        """Let other programs have the file."""
        if self._outbox is not None:
            self._outbox.close()
            self._outbox = None
