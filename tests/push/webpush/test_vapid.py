"""Signatures: one for each origin, made again in time (F9)."""

from datetime import timedelta

import jwt
import pytest

from push.webpush.keys import VapidKey
from push.webpush.vapid import VapidHeaders, check_subject
from tests.clocks import FakeClock
from tests.fakes.webpush.rules import Refused, check_signature
from tests.push.messages import SUBJECT

ORIGINS = [f"https://s{number}.push.example.org" for number in range(3)]


def _claims(header: str) -> dict[str, object]:
    token = header.removeprefix("vapid t=").partition(",")[0]
    claims: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
    return claims


def test_f9_each_origin_has_a_signature_that_names_it_and_lasts_12_hours(key: VapidKey) -> None:
    clock = FakeClock()
    headers = VapidHeaders(subject=SUBJECT, clock=clock)
    for origin in (*ORIGINS, *ORIGINS):
        text = headers.header(key, origin).text
        expires = int((clock.now() + timedelta(hours=12)).timestamp())
        assert _claims(text) == {"aud": origin, "sub": SUBJECT, "exp": expires}
        now = clock.now()
        assert check_signature({"authorization": text}, origin=origin, now=now) == key.public
        for other in ORIGINS:
            if other != origin:
                with pytest.raises(Refused):
                    check_signature({"authorization": text}, origin=other, now=now)


def test_f9_a_signature_is_made_again_when_its_last_hour_begins(key: VapidKey) -> None:
    clock = FakeClock()
    headers = VapidHeaders(subject=SUBJECT, clock=clock)
    first = headers.header(key, ORIGINS[0])
    clock.advance(11 * 3600 - 1)
    assert headers.header(key, ORIGINS[0]) is first
    clock.advance(1)
    second = headers.header(key, ORIGINS[0])
    assert second.text != first.text
    check_signature({"authorization": second.text}, origin=ORIGINS[0], now=clock.now())


def test_f9_two_keys_have_signatures_of_their_own(key: VapidKey) -> None:
    headers = VapidHeaders(subject=SUBJECT, clock=FakeClock())
    texts = {headers.header(k, ORIGINS[0]).text for k in (key, VapidKey.made())}
    assert len(texts) == 2


@pytest.mark.parametrize(
    "subject", ["mailto:push@ion.example.org", "https://ion.example.org", "mailto:a+b@c.io"]
)
def test_f9_a_subject_is_somebody_who_can_be_reached(subject: str) -> None:
    check_subject(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "push@ion.example.org",
        "mailto:push@localhost",
        "mailto:relay@herdr.local",
        "https://localhost",
        "https://127.0.0.1",
        "http://ion.example.org",
        "https://ion.example.org/page",
        "mailto:",
    ],
)
def test_f9_what_apple_refuses_is_no_subject(subject: str) -> None:
    with pytest.raises(ValueError, match=r"mailto|local"):
        check_subject(subject)
