"""What the owner of a session is told, here or through its inbox."""

from typing import Literal

from msgspec import Struct

from schemas.resources import Rating

__all__ = ["Command"]


class Command(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an owner is told: of a turn or of the session; `resume`: look for open turns.

    The `number` of an accepted turn is up to which others end for it, that of a stop how many
    messages the turn held; `breath` says that another message may follow its own at once.
    """

    kind: Literal[
        "accepted",
        "stop",
        "updated",
        "deleted",
        "resume",
        "typing",
        "read",
        "feedback",
        "branched",
        "remembered",
    ]
    turn_id: str | None = None
    message_id: str = ""
    active: bool = False
    breath: bool = False
    number: int = 0
    unread: int = 0
    rating: Rating = 0
    memory_id: str = ""
