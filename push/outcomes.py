"""What a request to a push service came to, in terms that a worker acts on."""

from datetime import timedelta
from typing import Literal, TypeAlias

from msgspec import Struct

__all__ = [
    "FAULT",
    "Accepted",
    "Ambiguous",
    "Configuration",
    "Held",
    "Outcome",
    "Permanent",
    "Scope",
    "Temporary",
]

# a sender raised what it should not
FAULT = "fault"
Scope: TypeAlias = Literal["project", "platform", "host", "device"]


class Accepted(Struct, frozen=True, kw_only=True):
    """The service took it; that is not yet shown (A1)."""

    message_id: str = ""


class Permanent(Struct, frozen=True, kw_only=True):
    """It will never be taken; with `address` "gone" the address is dead, "wrong" another's.

    Otherwise the message is at fault and the address stays (A6).
    """

    reason: str
    address: Literal["fine", "gone", "wrong"] = "fine"


class Temporary(Struct, frozen=True, kw_only=True):
    """Later it may be taken, not before `retry_after` where the service said so.

    `quota` slows all that is in `scope`, named by `lane`; otherwise this request alone waits.
    """

    reason: str
    retry_after: timedelta | None = None
    quota: bool = False
    scope: Scope = "device"
    lane: str = ""


class Ambiguous(Struct, frozen=True, kw_only=True):
    """The request was written, and no answer came: it may be shown already (A16).

    With the reason FAULT a mistake of ours kept us from it, most likely before it was written.
    """

    reason: str


class Configuration(Struct, frozen=True, kw_only=True):
    """Our own credentials, rights or keys are wrong in `scope`: nothing is lost, all waits.

    `lane` names what of the scope: the project, a platform, a host.
    """

    reason: str
    scope: Scope
    lane: str


class Held(Struct, frozen=True, kw_only=True):
    """No request was made, so none counts: `lane` of `scope` is closed, or full.

    It may be tried again after `retry_after`.
    """

    reason: str
    retry_after: timedelta
    scope: Scope
    lane: str


Outcome: TypeAlias = Accepted | Permanent | Temporary | Ambiguous | Configuration | Held
