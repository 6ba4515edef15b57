"""Access tokens."""

import jwt
import pytest

from app.security.bearer import bearer_token
from app.security.tokens import Tokens
from sessions.errors import Unauthenticated
from tests.clocks import FakeClock

SECRET = "a secret of forty-eight characters, no more, no less"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def tokens(clock: FakeClock) -> Tokens:
    return Tokens(SECRET, clock=clock)


def test_a_token_speaks_for_its_user_for_fifteen_minutes(tokens: Tokens, clock: FakeClock) -> None:
    token = tokens.issue("u1")

    assert tokens.read(token).user_id == "u1"
    clock.advance(899)
    assert tokens.read(token).expires_at == int(clock.now().timestamp()) + 1
    clock.advance(1)
    with pytest.raises(Unauthenticated, match="expired"):
        tokens.read(token)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "ion", "exp": 9999999999},
        {"iss": "ion", "sub": "u1"},
        {"iss": "other", "sub": "u1", "exp": 9999999999},
        {"sub": "u1", "exp": 9999999999},
    ],
)
def test_a_token_without_the_needed_claims_is_refused(
    tokens: Tokens, claims: dict[str, object]
) -> None:
    with pytest.raises(Unauthenticated):
        tokens.read(jwt.encode(claims, SECRET, algorithm="HS256"))


def test_a_token_of_another_key_or_algorithm_is_refused(tokens: Tokens) -> None:
    claims = {"iss": "ion", "sub": "u1", "exp": 9999999999}
    for forged in (
        jwt.encode(claims, SECRET[::-1], algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, SECRET * 2, algorithm="HS512"),
        "",
        "a.b",
    ):
        with pytest.raises(Unauthenticated):
            tokens.read(forged)


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (None, None),
        ("", None),
        ("Bearer", None),
        ("Bearer  ", None),
        ("Basic x", None),
        ("Bearer abc", "abc"),
        ("bearer abc", "abc"),
    ],
)
def test_the_authorization_header_is_read(header: str | None, token: str | None) -> None:
    assert bearer_token(header) == token
