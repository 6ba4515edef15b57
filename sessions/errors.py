"""Errors of the product: each carries a stable `code` and whether trying again can help."""

from schemas.codes import Code

__all__ = [
    "AccountMerged",
    "BadRequest",
    "BudgetSpent",
    "CacheUnavailable",
    "Conflict",
    "Duplicate",
    "Forbidden",
    "Gone",
    "InternalFault",
    "IonError",
    "KeyReused",
    "LeaseLost",
    "LogUnavailable",
    "NotFound",
    "Overloaded",
    "ProviderError",
    "ProviderRejected",
    "ProviderTimeout",
    "ProviderUnavailable",
    "QuotaExceeded",
    "RateLimited",
    "StoreError",
    "StoreUnavailable",
    "TextInvalid",
    "TextTooLong",
    "TurnRunning",
    "Unauthenticated",
]


class IonError(Exception):
    """Root of the tree; `code` goes to clients.

    `retryable` says whether the same call may succeed later.
    """

    code: Code = Code.INTERNAL
    retryable: bool = False

    def __init__(self, message: str = "", *, retry_after_ms: int | None = None) -> None:
        super().__init__(message)
        self.message = message or (type(self).__doc__ or "").partition("\n")[0]
        self.retry_after_ms = retry_after_ms


class InternalFault(IonError):
    """Something went wrong here."""

    retryable = True


class BadRequest(IonError):
    """The request names something that does not exist or has no sense."""

    code = Code.BAD_FRAME


class TextInvalid(IonError):
    """The text is empty or not valid Unicode."""

    code = Code.BAD_FRAME


class TextTooLong(IonError):
    """The text is longer than a message may be."""

    code = Code.TEXT_TOO_LONG


class Unauthenticated(IonError):
    """The token is missing, forged or expired."""

    code = Code.UNAUTHENTICATED


class AccountMerged(Unauthenticated):
    """The account became somebody's when they signed in: sign in, or begin a new one."""

    code = Code.ACCOUNT_MERGED


class Forbidden(IonError):
    """Whoever asks may not do this."""

    code = Code.FORBIDDEN


class NotFound(IonError):
    """There is no such thing for this user."""

    code = Code.NOT_FOUND


class Gone(IonError):
    """It was there and was deleted."""

    code = Code.GONE


class KeyReused(IonError):
    """The Idempotency-Key came with another request before."""

    code = Code.KEY_REUSED


class TurnRunning(IonError):
    """A turn is running and the sender asked not to wait."""

    code = Code.TURN_RUNNING
    retryable = True


class RateLimited(IonError):
    """Too many requests."""

    code = Code.RATE_LIMITED
    retryable = True


class QuotaExceeded(IonError):
    """More than a client may have at a time."""

    code = Code.QUOTA_EXCEEDED


class BudgetSpent(QuotaExceeded):
    """The day's tokens are used up."""

    retryable = True


class Overloaded(IonError):
    """More turns wait for an answer than can be begun soon."""

    code = Code.OVERLOADED
    retryable = True


class ProviderError(IonError):
    """The language model did not answer."""

    code = Code.PROVIDER_UNAVAILABLE
    retryable = True


class ProviderUnavailable(ProviderError):
    """The language model cannot be reached or is failing."""


class ProviderTimeout(ProviderError):
    """The language model took too long."""

    code = Code.PROVIDER_TIMEOUT


class ProviderRejected(ProviderError):
    """The language model refused the request itself (key, model name, request)."""

    retryable = False


class StoreError(IonError):
    """A store did not do what was asked."""


class StoreUnavailable(StoreError):
    """The document store cannot be reached or cannot write."""

    code = Code.OVERLOADED
    retryable = True


class Duplicate(StoreError):
    """A document with the same unique key exists."""


class Conflict(StoreError):
    """The document was changed by someone else in the meantime."""

    retryable = True


class LogUnavailable(StoreError):
    """The session log cannot be reached."""

    code = Code.OVERLOADED
    retryable = True


class CacheUnavailable(StoreError):
    """The shared cache cannot be reached."""

    code = Code.OVERLOADED
    retryable = True


class LeaseLost(StoreError):
    """Another process owns the session now."""
