"""How a process is, and what is wrong with a request."""

from typing import Literal

from msgspec import Struct

__all__ = [
    "Health",
    "Problem",
]


class Health(Struct, frozen=True, kw_only=True):
    """Whether the process lives and what it depends on answers.

    `router` says what the choice of a mentor leans on: the meaning of messages and their words,
    words alone, or, without a usable model, resonance and topics.
    """

    status: Literal["ok", "degraded", "down"]
    version: str
    llm: str
    router: Literal["semantic", "words", "resonance"]
    stores: dict[str, str]


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457 problem details with the code and whether trying again can help.

    `limit_bytes` is how much a body may hold, where it held more.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    retryable: bool
    request_id: str
    retry_after_ms: int | None = None
    limit_bytes: int | None = None
