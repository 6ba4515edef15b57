"""What a browser gets is what was sealed for it, and nobody else can open it."""

from base64 import urlsafe_b64decode

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from push.webpush.encryption import sealed
from push.webpush.payload import BODY_BYTES, PLAIN_BYTES
from push.webpush.subscription import BadSubscription, read_subscription
from tests.fakes.webpush.browser import Browser

HOSTS = ("push.example.org",)
ENDPOINT = "https://push.example.org/p/1"


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_f10_the_tests_browser_opens_the_example_of_rfc_8291() -> None:
    private = int.from_bytes(_raw("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    browser = Browser(
        ENDPOINT,
        "",
        private_key=ec.derive_private_key(private, ec.SECP256R1()),
        secret=_raw("BTBZMqHH6r4Tts7J_aSIgg"),
    )
    body = _raw(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLoc"
        "InmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLV"
        "WGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert browser.opened(body) == b"When I grow up, I want to be a watermelon"


@given(st.binary(min_size=1, max_size=PLAIN_BYTES))
@settings(max_examples=40)
def test_f10_what_is_sealed_opens_with_the_browsers_key_alone(plain: bytes) -> None:
    browser, other = Browser(ENDPOINT, ""), Browser(ENDPOINT, "")
    body = sealed(plain, read_subscription(browser.address(), HOSTS))
    assert browser.opened(body) == plain
    with pytest.raises(InvalidTag):
        other.opened(body)


def test_f6_the_longest_payload_fills_exactly_what_every_service_takes() -> None:
    browser = Browser(ENDPOINT, "")
    body = sealed(b"x" * PLAIN_BYTES, read_subscription(browser.address(), HOSTS))
    assert len(body) == BODY_BYTES == 4096
    assert PLAIN_BYTES == 3993


def test_f10_each_message_has_a_salt_and_a_key_of_its_own() -> None:
    subscription = read_subscription(Browser(ENDPOINT, "").address(), HOSTS)
    bodies = [sealed(b"the same", subscription) for _ in range(20)]
    assert len({body[:16] for body in bodies}) == 20
    assert len({body[21:86] for body in bodies}) == 20


def test_f10_a_key_off_the_curve_is_told_as_a_bad_subscription() -> None:
    address = Browser(ENDPOINT, "").address()
    subscription = read_subscription(address, HOSTS)
    off = structs.replace(subscription, key=b"\x04" + b"\x01" * 64)
    with pytest.raises(BadSubscription):
        sealed(b"words", off)
