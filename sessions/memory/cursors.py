"""Where a list of memories goes on: among the pinned ones or the others, a moment and an id."""

from sessions.errors import BadRequest
from sessions.stores import cursors

__all__ = ["Cursor", "read_cursor"]


class Cursor(cursors.Cursor, frozen=True, kw_only=True):
    """The last memory of a page."""

    pinned: bool

    def text(self) -> str:
        """Return the cursor as clients show it again."""
        return f"{int(self.pinned)}-{cursors.Cursor.text(self)}"


def read_cursor(text: str) -> Cursor:
    """Return the cursor that `text` stands for; raises BadRequest."""
    pinned, _, rest = text.partition("-")
    if pinned not in ("0", "1"):
        raise BadRequest("before: this is no `next` of ours")
    place = cursors.read_cursor(rest)
    return Cursor(pinned=pinned == "1", at=place.at, id=place.id)
