"""The table of answers: what each means for message, subscription and service."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from push.outcomes import Accepted, Configuration, Outcome, Permanent, Temporary
from push.webpush.answers import Answer, Asked, outcome_of
from tests.push.messages import NOW

HOST = "updates.push.services.mozilla.com"
ASKED = Asked(host=HOST, device_id="d1")
MERGES = Asked(host=HOST, device_id="d1", merges=True)
KNOWN = Asked(host=HOST, device_id="d1", is_known=True)

FCM_OTHER_KEY = (
    "the VAPID credentials in the authorization header do not correspond to the credentials "
    "used to create the subscriptions.\n"
)
MOZILLA_VAPID = '{"code":401,"errno":109,"error":"Unauthorized","message":"Invalid VAPID token"}'
APPLE_JWT = '{"reason":"BadJwtToken"}'
APPLE_OTHER_KEY = '{"reason":"VapidPkHashMismatch"}'
APPLE_TOPIC = '{"reason":"BadWebPushTopic"}'


def _judged(status: int, text: str = "", asked: Asked = ASKED, **headers: str) -> Outcome:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return outcome_of(Answer(status=status, headers=named, text=text), asked, NOW)


def _ours(reason: str) -> Configuration:
    return Configuration(reason=reason, scope="host", lane=HOST)


@pytest.mark.parametrize(
    ("status", "location", "message_id"),
    [
        (201, "https://fcm.googleapis.com/0:1795%31bd5c9bf9fd7ecd", "0:1795%31bd5c9bf9fd7ecd"),
        (201, "/m/gAAA/", "gAAA"),
        (202, "", ""),
        (200, "https://h/" + "x" * 500, "x" * 128),
    ],
)
def test_f4_what_a_service_took_is_accepted_with_its_name(
    status: int, location: str, message_id: str
) -> None:
    assert _judged(status, location=location) == Accepted(message_id=message_id)


def test_f4_apple_names_a_message_in_another_header() -> None:
    assert _judged(201, apns_id="A-1") == Accepted(message_id="A-1")


@pytest.mark.parametrize("status", [404, 410])
def test_f5_a_subscription_that_is_gone_is_dead(status: int) -> None:
    assert _judged(status) == Permanent(reason=f"gone_{status}", address="gone")


def test_f6_a_message_that_is_too_big_is_not_the_subscriptions_fault() -> None:
    assert _judged(413) == Permanent(reason="too_big")


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("Mon, 23 Nov 2026 09:05:00 GMT", timedelta(minutes=5)),
        ("", None),
        ("soon", None),
    ],
)
def test_f7_too_many_requests_slow_all_that_goes_to_the_host(
    header: str, wait: timedelta | None
) -> None:
    assert _judged(429, retry_after=header) == Temporary(
        reason="quota", retry_after=wait, quota=True, scope="host", lane=HOST
    )


def test_a11_too_many_that_are_merged_slow_their_device_alone() -> None:
    assert _judged(429, asked=MERGES, retry_after="60") == Temporary(
        reason="quota",
        retry_after=timedelta(seconds=60),
        quota=True,
        scope="device",
        lane="d1",
    )


@pytest.mark.parametrize("status", [500, 502, 503, 504, 301, 307, 599])
def test_f7_a_service_out_of_order_is_tried_again_when_it_says(status: int) -> None:
    reason = f"status_{status}"
    assert _judged(status) == Temporary(reason=reason)
    assert _judged(status, retry_after="30") == Temporary(
        reason=reason, retry_after=timedelta(seconds=30)
    )


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        (403, APPLE_JWT, "refused_403:BadJwtToken"),
        (401, MOZILLA_VAPID, "refused_401:109"),
        (401, "", "refused_401"),
        (403, "permission denied: invalid JWT provided\n", "refused_403"),
        (400, "<H1>UnauthorizedRegistration</H1>", "refused_400"),
        (400, '{"reason":"BadAuthorizationHeader"}', "refused_400:BadAuthorizationHeader"),
    ],
)
def test_f8_a_signature_that_is_refused_is_ours_and_no_subscription_goes(
    status: int, text: str, reason: str
) -> None:
    assert _judged(status, text) == _ours(reason)


@pytest.mark.parametrize(("status", "text"), [(403, FCM_OTHER_KEY), (400, APPLE_OTHER_KEY)])
@pytest.mark.parametrize("asked", [ASKED, KNOWN])
def test_f8_a_subscription_to_another_key_stops_nobody_else(
    status: int, text: str, asked: Asked
) -> None:
    assert _judged(status, text, asked) == Permanent(reason="other_vapid_key", address="wrong")


@pytest.mark.parametrize("status", [401, 403])
def test_f8_a_signature_that_was_just_taken_is_not_at_fault(status: int) -> None:
    assert _judged(status, "", KNOWN) == Temporary(reason=f"refused_{status}")


@pytest.mark.parametrize(("status", "text"), [(400, APPLE_TOPIC), (400, ""), (405, ""), (418, "")])
def test_f8_another_refusal_is_the_messages_alone(status: int, text: str) -> None:
    outcome = _judged(status, text)
    assert isinstance(outcome, Permanent)
    assert outcome.address == "fine"


@given(
    st.integers(100, 999),
    st.text(max_size=200),
    st.dictionaries(
        st.sampled_from(["retry-after", "location", "apns-id"]), st.text(max_size=60), max_size=3
    ),
    st.sampled_from([ASKED, MERGES, KNOWN]),
)
@settings(max_examples=60)
def test_a15_any_answer_comes_to_something_and_prunes_only_by_404_and_410(
    status: int, text: str, headers: dict[str, str], asked: Asked
) -> None:
    outcome = outcome_of(Answer(status=status, headers=headers, text=text), asked, NOW)
    if isinstance(outcome, Permanent) and outcome.address == "gone":
        assert status in (404, 410)
    assert isinstance(outcome, Accepted) == (200 <= status < 300)
    if isinstance(outcome, Temporary) and outcome.retry_after is not None:
        assert outcome.retry_after >= timedelta()
