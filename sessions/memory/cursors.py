"""Where a list of memories goes on: among the pinned ones or the others, a moment and an id."""

from datetime import datetime

from msgspec import Struct

from sessions.errors import BadRequest
from sessions.stores.keys import from_micros, to_micros

__all__ = ["Cursor", "read_cursor"]


class Cursor(Struct, frozen=True, kw_only=True):
    """The last memory of a page."""

    pinned: bool
    at: datetime
    id: str

    def text(self) -> str:
        """Return the cursor as clients show it again."""
        return f"{int(self.pinned)}-{to_micros(self.at):x}-{self.id}"


def read_cursor(text: str) -> Cursor:
    """Return the cursor that `text` stands for; raises BadRequest."""
    pinned, _, rest = text.partition("-")
    micros, _, fact_id = rest.partition("-")
    try:
        if pinned not in ("0", "1") or not micros.isalnum() or len(micros) > 16 or not fact_id:
            raise ValueError(text)
        return Cursor(pinned=pinned == "1", at=from_micros(int(micros, 16)), id=fact_id)
    except (ValueError, OverflowError):
        raise BadRequest("before: this is no `next` of ours") from None
