"""A site's word for its user: what counts, and everything else that somebody may send."""

from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sites.documents import SiteDocument
from app.sites.vouching import identity_of, secret_of, vouched
from sessions.errors import Unauthenticated

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SITE = SiteDocument(id="pk_1", name="Example", origins=("https://a.example",), created_at=NOW)
OTHER = SiteDocument(id="pk_2", name="Other", origins=("https://b.example",), created_at=NOW)
KEY = "k" * 40


def word(secret: str | None = None, algorithm: str = "HS256", **claims: Any) -> str:
    said = {"sub": "ana", "aud": "pk_1", "exp": NOW.timestamp() + 300} | claims
    kept = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(kept, secret or secret_of(SITE, KEY), algorithm=algorithm)


def test_a_word_of_the_site_names_its_user() -> None:
    assert vouched(word(), SITE, KEY, now=NOW) == "ana"
    assert vouched(word(aud=["pk_9", "pk_1"]), SITE, KEY, now=NOW) == "ana"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW.timestamp()},
        {"exp": NOW.timestamp() + 3_661},
        {"exp": True},
        {"exp": "soon"},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": 10**400},
        {"exp": [1]},
        {"exp": None},
        {"aud": "pk_2"},
        {"aud": ["pk_2"]},
        {"aud": {}},
        {"aud": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
        {"sub": None},
    ],
    ids=str,
)
def test_any_other_claim_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        vouched(word(**claims), SITE, KEY, now=NOW)


@pytest.mark.parametrize(
    "token",
    [
        jwt.encode({"sub": "ana", "aud": "pk_1", "exp": 2e9}, "", algorithm="none"),
        word("another secret of forty characters or so"),
        word(secret_of(OTHER, KEY)),
        word(algorithm="HS384"),
        "",
        "a.b.c",
        "x" * 4_096,
    ],
    ids=["none", "another", "other site", "HS384", "empty", "no token", "long"],
)
def test_another_signature_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        vouched(token, SITE, KEY, now=NOW)


@given(st.text(max_size=80))
def test_whatever_is_sent_is_refused_and_nothing_else_goes_wrong(token: str) -> None:
    with pytest.raises(Unauthenticated):
        vouched(token, SITE, KEY, now=NOW)


@given(st.text(max_size=20), st.text(max_size=20))
def test_each_user_of_each_site_is_somebody_else(one: str, two: str) -> None:
    same = identity_of("pk_1", one, KEY) == identity_of("pk_1", two, KEY)
    assert same is (one == two)
    assert identity_of("pk_1", one, KEY) != identity_of("pk_2", one, KEY)
