import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.fcm.apns import Refusal, classify_apns
from push.fcm.classifier import classify
from push.fcm.faults import Reply
from push.outcomes import Configuration, Permanent, Temporary
from tests.fakes.fcm.replies import apns_refused, invalid, over_quota, plain, refused
from tests.fakes.h2_server import Response
from tests.push.fcm.notifications import NOW, PROJECT, device

PHONE = device()
IPHONE = device(platform="ios")
OURS: dict[str, Any] = {"scope": "project", "lane": PROJECT}
SEEN = int(NOW.timestamp() * 1000)


def read(response: Response, *, of_iphone: bool = False) -> Refusal:
    reply = Reply(
        status=response.status,
        body=response.body,
        retry_after=response.headers.get("retry-after", ""),
    )
    return classify(reply, IPHONE if of_iphone else PHONE, PROJECT, NOW)


def test_a2_unregistered_is_a_dead_address() -> None:
    assert read(refused(404, "UNREGISTERED")) == Permanent(reason="unregistered", address="gone")


def test_a3_a_404_that_fcm_does_not_explain_is_our_fault_and_kills_nothing() -> None:
    for answer in (refused(404), plain(404, "<html>no such page</html>")):
        assert read(answer) == Configuration(reason="not_found", **OURS)


def test_a4_another_projects_address_is_wrong_not_dead() -> None:
    answer = refused(403, "SENDER_ID_MISMATCH")
    assert read(answer) == Permanent(reason="sender_id_mismatch", address="wrong")


def test_a5_a_bare_403_is_our_rights() -> None:
    assert read(refused(403)) == Configuration(reason="permission_denied", **OURS)


def test_a6_an_invalid_argument_is_the_messages_fault_and_never_kills_an_address() -> None:
    named = invalid([("message.token", "malformed")])
    said = invalid([], message="The registration token is not a valid FCM registration token")
    assert read(invalid([("message.data", "reserved")])) == Permanent(reason="invalid_argument")
    assert read(refused(400)) == Permanent(reason="invalid_argument")
    assert read(named) == read(said) == Permanent(reason="invalid_token")


@pytest.mark.parametrize("code", ["THIRD_PARTY_AUTH_ERROR", "APNS_AUTH_ERROR"])
def test_a7_apples_key_stops_apples_devices_alone(code: str) -> None:
    ours = Configuration(reason="third_party", scope="platform", lane="ios")
    assert read(refused(401, code), of_iphone=True) == ours
    theirs = read(refused(401, code))
    assert isinstance(theirs, Configuration)
    assert (theirs.scope, theirs.lane) == ("platform", PHONE.platform)


def test_a8_a_bare_401_is_our_credential() -> None:
    assert read(refused(401)) == Configuration(reason="unauthenticated", **OURS)


def test_a9_a10_a_quota_slows_the_project_as_long_as_it_says() -> None:
    quota: dict[str, Any] = {"reason": "quota", "quota": True, **OURS}
    told = over_quota("project:ion-test", retry_after="90")
    assert read(told) == Temporary(retry_after=timedelta(seconds=90), **quota)
    assert read(refused(429)) == Temporary(retry_after=None, **quota)
    assert read(refused(429, "NEVER_HEARD_OF")) == Temporary(retry_after=None, **quota)


def test_a11_a_quota_of_a_device_slows_that_device() -> None:
    slow = read(over_quota("device:message_rate"))
    assert slow == Temporary(reason="device_quota", quota=True, scope="device", lane=PHONE.id)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a12_a13_a_server_error_passes_and_its_retry_after_is_kept(status: int) -> None:
    code = {500: "INTERNAL", 503: "UNAVAILABLE"}.get(status, "")
    for answer in (refused(status, code, retry_after="30"), plain(status, "<html>")):
        outcome = read(answer)
        assert isinstance(outcome, Temporary)
        assert not outcome.quota
    assert read(refused(status, code, retry_after="30")).retry_after == timedelta(seconds=30)  # type: ignore[union-attr]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a14_client_errors_are_not_asked_again(status: int) -> None:
    assert not isinstance(read(refused(status)), Temporary)


ODD: list[Any] = [
    Response(400, b"\xff\xfe not even text"),
    Response(400, b'{"error":"text"}'),
    Response(400, b'{"error":{"details":["text", 3, null]}}'),
    Response(400, b"[" * 10_000),
    Response(418, b"I am a teapot"),
    refused(400, "UNSPECIFIED_ERROR"),
    refused(404, "NEVER_HEARD_OF"),
    Response(302, b""),
]


@pytest.mark.parametrize("answer", ODD)
def test_a15_what_nobody_understands_may_pass(answer: Response) -> None:
    assert read(answer) == Temporary(reason="unknown")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "details", "@type", "errorCode", "status", "violations"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(status=st.integers(201, 599), body=JSON.map(lambda x: json.dumps(x).encode()) | st.binary())
def test_a15_no_body_crashes_or_kills_an_address(status: int, body: bytes) -> None:
    outcome = classify(Reply(status=status, body=body, retry_after="?"), PHONE, PROJECT, NOW)
    assert not isinstance(outcome, Permanent) or outcome.address == "fine"


MESSAGE, WRONG, GONE = (
    Permanent(reason="?"),
    Permanent(reason="?", address="wrong"),
    Permanent(reason="?", address="gone"),
)
OF_APPLE = Configuration(reason="?", scope="platform", lane="ios")
PASSES = Temporary(reason="?")
SLOW_DEVICE = Temporary(reason="?", quota=True, scope="device", lane=IPHONE.id)
SLOW_APPLE = Temporary(reason="?", quota=True, scope="platform", lane="ios")
APPLE: dict[str, tuple[int, Refusal]] = {
    **dict.fromkeys(["BadDeviceToken", "DeviceTokenNotForTopic"], (400, WRONG)),
    **dict.fromkeys(
        [
            "BadCollapseId",
            "BadExpirationDate",
            "BadPriority",
            "BadMessageId",
            "DuplicateHeaders",
            "InvalidPushType",
            "MissingDeviceToken",
            "PayloadEmpty",
        ],
        (400, MESSAGE),
    ),
    **dict.fromkeys(["BadTopic", "MissingTopic", "TopicDisallowed"], (400, OF_APPLE)),
    "IdleTimeout": (400, PASSES),
    **dict.fromkeys(
        [
            "BadCertificate",
            "BadCertificateEnvironment",
            "ExpiredProviderToken",
            "Forbidden",
            "InvalidProviderToken",
            "MissingProviderToken",
            "BadEnvironmentKeyIdInToken",
            "UnrelatedKeyIdInToken",
        ],
        (403, OF_APPLE),
    ),
    "BadPath": (404, OF_APPLE),
    "MethodNotAllowed": (405, OF_APPLE),
    **dict.fromkeys(["ExpiredToken", "Unregistered"], (410, GONE)),
    "PayloadTooLarge": (413, MESSAGE),
    "TooManyProviderTokenUpdates": (429, SLOW_APPLE),
    "TooManyRequests": (429, SLOW_DEVICE),
    "InternalServerError": (500, PASSES),
    **dict.fromkeys(["ServiceUnavailable", "Shutdown"], (503, PASSES)),
}


@pytest.mark.parametrize("reason", APPLE)
def test_d12_apples_reasons_come_to_what_they_mean(reason: str) -> None:
    status, expected = APPLE[reason]
    code = "THIRD_PARTY_AUTH_ERROR" if status == 403 else "INVALID_ARGUMENT"
    outcome = read(apns_refused(status, code, reason), of_iphone=True)
    assert outcome.reason == reason
    assert type(outcome)(**{**_fields(outcome), "reason": "?"}) == expected


def test_d12_a_410_spares_an_address_that_came_after_it() -> None:
    came = IPHONE.registered_at
    for gone_since, address in ((came + timedelta(seconds=1), "gone"), (came, "fine")):
        outcome = classify_apns("Unregistered", IPHONE, gone_since=gone_since)
        assert outcome == Permanent(reason="Unregistered", address=address)  # type: ignore[arg-type]
    later = apns_refused(410, "INVALID_ARGUMENT", "Unregistered", SEEN)
    assert read(later, of_iphone=True) == Permanent(reason="Unregistered", address="gone")


def _fields(outcome: Refusal) -> dict[str, Any]:
    return {name: getattr(outcome, name) for name in outcome.__struct_fields__}
