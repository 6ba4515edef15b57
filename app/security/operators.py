"""Who may operate the service: whoever shows ION_OPERATOR_TOKEN."""

from hmac import compare_digest

from app.security.bearer import bearer_token
from sessions.errors import Forbidden, Unauthenticated

__all__ = ["check_operator"]


def check_operator(expected: str, header: str | None) -> None:
    """Check the Authorization header against the operator token.

    Raises Unauthenticated (no token is shown), Forbidden (another one, or none is set).
    """
    shown = bearer_token(header)
    if shown is None:
        raise Unauthenticated("the Authorization header carries no Bearer token")
    if not expected:
        raise Forbidden("no operator token is set on this server (ION_OPERATOR_TOKEN)")
    if not compare_digest(shown.encode(), expected.encode()):
        raise Forbidden("this is not the operator token")
