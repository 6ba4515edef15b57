"""What can go wrong for a user of the client: one error, with a stable code."""

__all__ = ["RETRYABLE_CODES", "ClientClosed", "IonClientError", "Unreachable"]

RETRYABLE_CODES = frozenset(
    {
        "turn_running",
        "rate_limited",
        "provider_unavailable",
        "provider_timeout",
        "overloaded",
        "unreachable",
    }
)


class IonClientError(Exception):
    """The server refused, or a turn failed; `code` is one of the protocol's strings.

    `retryable` says whether the same call may succeed later, after `retry_after_ms` when given.
    """

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        retryable: bool | None = None,
        retry_after_ms: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message
        self.retryable = code in RETRYABLE_CODES if retryable is None else retryable
        self.retry_after_ms = retry_after_ms


class Unreachable(IonClientError):
    """No answer came from the server."""

    def __init__(self, message: str = "the server can't be reached") -> None:
        super().__init__("unreachable", message, retryable=True)


class ClientClosed(IonClientError):
    """The client was closed before the answer was whole."""

    def __init__(self, message: str = "the client was closed") -> None:
        super().__init__("closed", message, retryable=False)
