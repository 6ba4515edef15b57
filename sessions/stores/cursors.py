"""Where a list goes on: the time and the id of the last document that was seen of it."""

from datetime import datetime

from msgspec import Struct

from sessions.errors import BadRequest

from .keys import from_micros, to_micros

__all__ = ["Cursor", "read_before", "read_cursor"]


class Cursor(Struct, frozen=True, kw_only=True):
    """A place in a list that is ordered by a time, and where that is equal by id.

    The document may be gone since. Without an id it lies before all of its time.
    """

    at: datetime
    id: str = ""

    def text(self) -> str:
        """Return the cursor as clients show it again."""
        return f"{to_micros(self.at):x}-{self.id}"


def read_cursor(text: str) -> Cursor:
    """Return the cursor that `text` stands for; raises BadRequest."""
    micros, _, document_id = text.partition("-")
    try:
        if not micros.isalnum() or len(micros) > 16 or not document_id:
            raise ValueError(text)
        return Cursor(at=from_micros(int(micros, 16)), id=document_id)
    except (ValueError, OverflowError):
        raise BadRequest("before: this is no `next` of ours") from None


def read_before(text: str) -> Cursor:
    """Return the cursor that `text` stands for: ours, or a time with its zone as they once were.

    Raises BadRequest.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return read_cursor(text)
    if at.tzinfo is None:
        raise BadRequest("before: a time needs its zone")
    return Cursor(at=at)
