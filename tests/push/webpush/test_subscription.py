"""A subscription comes from a user: it is read with suspicion (F11)."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from push.webpush.subscription import BadSubscription, read_subscription
from tests.fakes.webpush.browser import Browser

GOOD = "https://fcm.googleapis.com/fcm/send/abc:APA91"


def _address(endpoint: str) -> str:
    return Browser(endpoint, "").address()


def _changed(**changes: Any) -> str:
    return json.dumps(json.loads(_address(GOOD)) | changes)


@pytest.mark.parametrize(
    ("endpoint", "service"),
    [
        (GOOD, "fcm.googleapis.com"),
        ("https://fcm.googleapis.com/wp/abc", "fcm.googleapis.com"),
        (
            "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
            "updates.push.services.mozilla.com",
        ),
        ("https://web.push.apple.com/QFm-_", "*.push.apple.com"),
        ("https://db5p.notify.windows.com/w/?token=BQ%2b", "*.notify.windows.com"),
        ("https://fcm.googleapis.com:443/wp/abc", "fcm.googleapis.com"),
    ],
)
def test_f11_browsers_subscribe_at_services_that_we_know(endpoint: str, service: str) -> None:
    subscription = read_subscription(_address(endpoint))
    assert subscription.service == service
    assert subscription.endpoint == endpoint
    assert subscription.origin == f"https://{subscription.host}"


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/wp/a",
        "https://localhost/",
        "https://127.0.0.1/wp/a",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://10.0.0.1:6379/",
        "https://fcm.googleapis.com",
        "https://fcm.googleapis.com:8443/wp/a",
        "https://fcm.googleapis.com.evil.example/wp/a",
        "https://evilpush.apple.com.example/a",
        "https://evil-push.apple.com@10.0.0.1/a",
        "https://fcm.googleapis.com@10.0.0.1/wp/a",
        "https://user:password@fcm.googleapis.com/a",
        "https://10.0.0.1#@fcm.googleapis.com/a",
        "https://10.0.0.1\\@fcm.googleapis.com/a",
        "https://10.0.0.1/?@fcm.googleapis.com/a",
        "https://push.apple.com/a",
        "https://xpush.apple.com/a",
        "https://.push.apple.com/a",
        "https://fcm.googleapis.com./wp/a",
        "https://fcm.googleapis.com/wp/a b",
        "https://fcm.googleapis.com/wp/a\r\nhost: evil",
        "https://fcm.googleapis.com/wp/ä",
        "https://ｆcm.googleapis.com/wp/a",
        "https://" + "a" * 64 + ".notify.windows.com/w/?a",
        "https://" + "a." * 130 + "notify.windows.com/w/?a",
        "file:///etc/passwd",
        "",
        "https://fcm.googleapis.com/wp/" + "a" * 2048,
        # what else those hosts serve refuses our signature, and would stop what goes to all others
        "https://fcm.googleapis.com/v1/projects/x/messages:send",
        "https://fcm.googleapis.com/fcm/send",
        "https://fcm.googleapis.com/fcm/send/",
        "https://fcm.googleapis.com/fcm/sendto/a",
        "https://fcm.googleapis.com/?/wp/a",
        "https://fcm.googleapis.com/wp/../v1/projects/x/messages:send",
        "https://fcm.googleapis.com/wp/..;/v1/a",
        "https://fcm.googleapis.com/wp/%2E%2e/v1/a",
        "https://fcm.googleapis.com/wp/..%2fv1",
        "https://fcm.googleapis.com/wp//a",
        "https://updates.push.services.mozilla.com/v1/fcm/app/registration",
        "https://api.push.apple.com/3/device/abc",
        "https://web.push.apple.com/Qa?b",
        "https://db5p.notify.windows.com/x/?token=a",
    ],
)
def test_f11_any_other_address_is_refused(endpoint: str) -> None:
    with pytest.raises(BadSubscription):
        read_subscription(_address(endpoint))


URL_TEXT = st.text("abc019.-@:/\\?#[]%_ \t\n", max_size=40)


@given(
    st.one_of(
        st.builds("https://fcm.googleapis.com{}/wp/{}".format, URL_TEXT, URL_TEXT),
        st.builds("https://{}fcm.googleapis.com/wp/{}".format, URL_TEXT, URL_TEXT),
        st.builds("https://{}.notify.windows.com/w/{}".format, URL_TEXT, URL_TEXT),
        st.builds("{}://{}/{}".format, URL_TEXT, URL_TEXT, URL_TEXT),
    )
)
@settings(max_examples=60)
def test_f11_what_is_let_through_leads_to_a_known_host_for_other_parsers_too(endpoint: str) -> None:
    try:
        subscription = read_subscription(_address(endpoint))
    except BadSubscription:
        return
    host = subscription.host
    assert host == "fcm.googleapis.com" or host.endswith(".notify.windows.com")
    url = urlsplit(endpoint)
    assert (url.scheme, url.hostname, url.port or 443) == ("https", host, subscription.port)
    assert subscription.port == 443


@given(
    st.from_regex(r"[A-Za-z0-9_:~=&@,;!*'()+$-]{1,80}", fullmatch=True),
    st.sampled_from(["", "?token=BQYAAAC%2b%2f%3d", "/%2B"]),
)
@settings(max_examples=40)
def test_c9_a_token_reaches_the_service_as_it_is(token: str, more: str) -> None:
    endpoint = f"https://fcm.googleapis.com/wp/{token}{more}"
    assert read_subscription(_address(endpoint)).target == f"/wp/{token}{more}"


@given(
    st.one_of(
        st.text(max_size=200),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(
                    st.sampled_from(["endpoint", "keys", "p256dh", "auth", "applicationServerKey"]),
                    inner,
                ),
            ),
            max_leaves=8,
        ).map(json.dumps),
    )
)
@settings(max_examples=60)
def test_f11_no_text_makes_the_reader_fail_in_any_other_way(address: str) -> None:
    with pytest.raises(BadSubscription):
        read_subscription(address)


@pytest.mark.parametrize(
    "keys",
    [
        {"p256dh": "BA", "auth": "BTBZMqHH6r4Tts7J_aSIgg"},
        {"p256dh": "A" * 87, "auth": "BTBZMqHH6r4Tts7J_aSIgg"},
        {"p256dh": "B" + "A" * 86, "auth": "BTBZMqHH6r4Tts7J"},
        {"p256dh": "B" + "A" * 86, "auth": "!!!!MqHH6r4Tts7J_aSIgg"},
        {"p256dh": "B" + "A" * 86, "auth": ""},
        {"auth": "BTBZMqHH6r4Tts7J_aSIgg"},
        {},
    ],
)
def test_f10_keys_of_another_size_are_refused(keys: dict[str, str]) -> None:
    with pytest.raises(BadSubscription):
        read_subscription(_changed(keys=keys))


def test_f10_padded_base64_is_read_as_well() -> None:
    keys = json.loads(_address(GOOD))["keys"]
    padded = {name: value + "=" * (-len(value) % 4) for name, value in keys.items()}
    assert read_subscription(_changed(keys=padded)) == read_subscription(_changed(keys=keys))


def test_c7_the_error_names_no_part_of_the_address() -> None:
    with pytest.raises(BadSubscription) as caught:
        read_subscription(_address("https://evil.example/the-secret"))
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
