"""The operator token."""

import pytest

from app.security.operators import check_operator
from sessions.errors import Forbidden, IonError, Unauthenticated

TOKEN = "an operator's token of more than 32 characters"


def test_whoever_shows_the_token_is_the_operator() -> None:
    check_operator(TOKEN, f"Bearer {TOKEN}")


@pytest.mark.parametrize(
    ("expected", "header", "error"),
    [
        (TOKEN, None, Unauthenticated),
        (TOKEN, "Basic x", Unauthenticated),
        (TOKEN, f"Bearer {TOKEN}x", Forbidden),
        (TOKEN, "Bearer 토큰", Forbidden),
        ("", "Bearer x", Forbidden),
    ],
)
def test_others_are_refused(expected: str, header: str | None, error: type[IonError]) -> None:
    with pytest.raises(error):
        check_operator(expected, header)
