"""Messages on their way: the answers that wait for them, and the queue file that keeps them."""

from pathlib import Path

from .answer import Answer
from .channel import Channel, Sending
from .errors import ClientClosed, IonClientError
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
        """Tell the answer of a message; what was acked leaves the file."""
        answer = self._answers.get(sending)
        channel = sending.channel if answer is None else answer.session.channel
        self._note(sending, channel, event)
        if answer is None:
            return
        answer.push(event)
        if isinstance(event, Done | Failed | IonClientError):
            del self._answers[sending]

    def again(self, sending: Sending, answer: Answer) -> None:
        """Have on disk that a refused message is to be said once more, for this answer."""
        self.expect(sending, answer)
        if self._outbox is not None:
            self._outbox.refused(sending.client_msg_id, "")

    def discard(self, sending: Sending) -> None:
        """Forget a refused message."""
        self._note(sending, sending.channel, ClientClosed())

    def give_up(self, error: IonClientError) -> None:
        """Tell all who wait that nothing will come; what is on disk stays there."""
        for answer in self._answers.values():
            answer.push(error)
        self._answers.clear()

    def _note(self, sending: Sending, channel: Channel, event: Event | IonClientError) -> None:
        """Keep the file true: words that the server refused stay until their user decides."""
        if self._outbox is None or not isinstance(event, Acked | IonClientError):
            return
        if sending.kind != "send" or isinstance(event, Acked | ClientClosed):
            self._outbox.done(sending.client_msg_id, key=channel.key, session_id=channel.id)
        else:
            self._outbox.refused(sending.client_msg_id, event.code)

    def close(self) -> None:
        """Let other programs have the file."""
        if self._outbox is not None:
            self._outbox.close()
            self._outbox = None
