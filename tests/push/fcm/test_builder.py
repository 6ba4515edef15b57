import re
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import json

from push.documents import DeviceKind, Platform
from push.fcm.builder import build
from push.fcm.limits import Unsendable, check, payload_size
from push.kinds import KINDS, Kind
from tests.fakes.fcm.rules import violations
from tests.push.fcm.notifications import NOW, device, notification

PLATFORMS: tuple[Platform, ...] = get_args(Platform)
# joined emoji, flags, marks over letters, Korean, Arabic, what JSON has to escape
TEXTS = st.lists(
    st.sampled_from(
        ["👩‍👩‍👧‍👦", "🇰🇷", "é", "한", "한", "سلام", '"', "\\", "\n", "a", "\x00", "क्ष"]
    ),
    max_size=2500,
).map("".join)


def test_b14_b15_a_message_has_one_address_of_the_kind_that_the_device_has() -> None:
    assert build(device(), notification(), NOW)["token"] == "token-a"
    wire = build(device(kind="fcm_fid"), notification(), NOW)
    assert wire["fid"] == "token-a"
    assert "token" not in wire
    with pytest.raises(Unsendable, match="kind"):
        build(device(kind="webpush"), notification(), NOW)


@given(st.text(min_size=1, max_size=20).map(lambda text: text * 200))
@settings(max_examples=30)
def test_c9_an_address_is_long_opaque_and_takes_no_room(address: str) -> None:
    wire = build(device(address), notification(body="x" * 5000), NOW)
    assert wire["token"] == address
    assert payload_size(wire) == payload_size({**wire, "token": "short"}) <= 4096


def test_e5_what_android_gets_is_this_to_the_letter() -> None:
    assert build(device(), notification(link="/#s1"), NOW) == {
        "token": "token-a",
        "data": {
            "notification_id": "n1",
            "kind": "reply_ready",
            "tag": "s1",
            "thread": "s1",
            "number": "7",
            "badge": "2",
            "link": "/#s1",
        },
        "fcm_options": {"analytics_label": "replies"},
        "android": {
            "priority": "high",
            "ttl": "3600s",
            "notification": {
                "title": "Marie",
                "body": "Your answer is here",
                "channel_id": "replies",
                "tag": "s1",
                "notification_count": 2,
            },
        },
    }


def test_d1_d3_d7_d8_d9_d10_what_an_iphone_gets_is_this_to_the_letter() -> None:
    wire = build(device(platform="ios"), notification(kind="reminder"), NOW + timedelta(minutes=9))
    assert wire["apns"] == {
        "headers": {
            "apns-push-type": "alert",
            "apns-priority": "10",
            # an hour after it was made, however late it is sent
            "apns-expiration": str(int((NOW + timedelta(hours=1)).timestamp())),
            "apns-collapse-id": "s1",
        },
        "payload": {
            "aps": {
                "alert": {"title": "Marie", "body": "Your answer is here"},
                "badge": 2,
                "thread-id": "s1",
                "mutable-content": 1,
                "interruption-level": "time-sensitive",
                "relevance-score": 1.0,
                "sound": "default",
            }
        },
    }
    assert wire["data"]["number"] == "7"


def test_d8_a_nudge_makes_no_sound_and_nothing_is_critical() -> None:
    for kind, rules in KINDS.items():
        aps = build(device(platform="ios"), notification(kind=kind), NOW)["apns"]["payload"]["aps"]
        assert aps["interruption-level"] == rules.level
        assert aps["interruption-level"] != "critical"
        assert ("sound" in aps) == (rules.level != "passive")


def test_d2_d11_g3_what_clears_wakes_no_screen_and_carries_no_words() -> None:
    clear = notification(clear=True, badge=0)
    android = build(device(), clear, NOW)
    assert android["android"] == {"priority": "normal", "ttl": "3600s"}
    assert android["data"]["clear"] == "1"
    apns = build(device(platform="ios"), clear, NOW)["apns"]
    assert apns["payload"]["aps"] == {"badge": 0, "content-available": 1, "thread-id": "s1"}
    assert apns["headers"]["apns-priority"] == "5"
    assert apns["headers"]["apns-push-type"] == "alert"


def test_f12_a_browser_is_sent_nothing_that_it_would_not_show() -> None:
    with pytest.raises(Unsendable, match="shows nothing"):
        build(device(platform="web"), notification(clear=True), NOW)
    wire = build(device(platform="web"), notification(link="/#s1"), NOW)
    assert wire["webpush"]["headers"] == {"TTL": "3600", "Urgency": "high"}
    assert wire["data"]["link"] == "/#s1"


@pytest.mark.parametrize("kind", KINDS)
def test_e1_e2_e3_b11_a_kind_has_its_channel_label_and_priority(kind: Kind) -> None:
    wire = build(device(), notification(kind=kind), NOW)
    assert wire["android"]["notification"]["channel_id"] == KINDS[kind].channel
    assert re.fullmatch(r"[A-Za-z0-9\-_.~%]{1,50}", wire["fcm_options"]["analytics_label"])
    assert wire["android"]["priority"] == ("high" if KINDS[kind].high else "normal")
    assert kind != "nudge" or wire["android"]["priority"] == "normal"


@given(text=st.text(max_size=100), number=st.integers(0, 10**6))
@example(text="가" * 22, number=1)
@example(text="x" * 65, number=1)
def test_d4_e4_a_collapse_id_fits_and_is_the_same_for_the_same_tag(text: str, number: int) -> None:
    tag = text or "t"
    ios = [
        build(device(platform="ios"), notification(tag=tag, number=n), NOW)["apns"]["headers"]
        for n in (number, number + 1)
    ]
    assert ios[0]["apns-collapse-id"] == ios[1]["apns-collapse-id"]
    assert 0 < len(ios[0]["apns-collapse-id"].encode()) <= 64
    assert build(device(), notification(tag=tag), NOW)["android"]["notification"]["tag"] == tag


@given(body=TEXTS, platform=st.sampled_from(PLATFORMS), kind=st.sampled_from(sorted(KINDS)))
def test_b7_d6_any_text_is_cut_between_characters_to_what_fits(
    body: str, platform: Platform, kind: Kind
) -> None:
    wire = build(device(platform=platform), notification(body=body, kind=kind), NOW)
    assert payload_size(wire) <= 4096
    assert violations(wire) == []
    shown = _body(wire)
    assert shown == body or (shown.endswith("…") and body.startswith(shown[:-1].rstrip()))
    # nothing was given up that would have fitted by far
    assert shown == body or payload_size(wire) > 3700


@given(
    platform=st.sampled_from(PLATFORMS[:2]),
    kind=st.sampled_from(sorted(KINDS)),
    target=st.sampled_from(["fcm_token", "fcm_fid"]),
    clear=st.booleans(),
    badge=st.integers(0, 10**6),
    age_s=st.integers(-60, 10**7),
    ttl_s=st.integers(0, 2_419_200),
)
def test_b5_b6_b8_b9_b12_b13_whatever_is_built_is_taken(
    platform: Platform,
    kind: Kind,
    target: DeviceKind,
    clear: bool,
    badge: int,
    age_s: int,
    ttl_s: int,
) -> None:
    message = notification(kind=kind, clear=clear, badge=badge, ttl=timedelta(seconds=ttl_s))
    wire = build(device(platform=platform, kind=target), message, NOW + timedelta(seconds=age_s))
    assert violations(wire) == []
    text = json.encode(wire)
    # collapsing is the outbox's affair, and nothing personal goes to a topic
    assert b"collapse_key" not in text
    assert b'"topic"' not in text


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("badge", {"badge": -1}),
        ("ttl", {"ttl": timedelta(weeks=4, seconds=1)}),
        ("ttl", {"ttl": timedelta(seconds=-1)}),
        ("payload", {"title": "x" * 5000}),
        ("payload", {"tag": "x" * 5000}),
    ],
)
def test_b7_b9_d10_what_would_be_refused_is_not_built(field: str, change: dict[str, Any]) -> None:
    for platform in PLATFORMS[:2]:
        with pytest.raises(Unsendable) as refused:
            build(device(platform=platform), notification(**change), NOW)
        assert refused.value.field == field


def test_b8_b13_b14_d2_each_limit_is_checked_by_name() -> None:
    android = build(device(), notification(), NOW)
    apple = build(device(platform="ios"), notification(), NOW)
    nobodys = {key: value for key, value in android.items() if key != "token"}
    broken: list[tuple[str, dict[str, Any]]] = [
        ("target", {**android, "fid": "two"}),
        ("target", nobodys),
        *(("topic", {**nobodys, public: "news"}) for public in ("topic", "condition")),
        ("fcm_options.analytics_label", {**android, "fcm_options": {"analytics_label": "a b"}}),
        ("android.ttl", {**android, "android": {"ttl": "2419201s"}}),
        ("android.ttl", {**android, "android": {"ttl": "forever"}}),
        *((f"data.{key}", {**android, "data": {key: "x"}}) for key in RESERVED),
        ("data.n", {**android, "data": {"n": 1}}),
        ("apns-collapse-id", _apple(apple, {"apns-collapse-id": "é" * 33})),
        ("apns-push-type", _apple(apple, {"apns-push-type": "background"})),
        ("apns-priority", _apple(apple, {"apns-priority": "10"}, {"content-available": 1})),
        ("apns-expiration", _apple(apple, {"apns-expiration": "-1"})),
        ("aps.badge", _apple(apple, {}, {"badge": -1})),
    ]
    for field, wire in broken:
        with pytest.raises(Unsendable) as refused:
            check(wire)
        assert refused.value.field == field


RESERVED = ("from", "gcm", "gcm.notification.x", "google", "google.c.a", "message_type")


def _apple(
    wire: dict[str, Any], headers: dict[str, str], aps: dict[str, Any] | None = None
) -> dict[str, Any]:
    part = wire["apns"]
    kept = {**part["headers"], **headers}
    if aps is not None and "content-available" in aps:
        kept["apns-push-type"] = "background"
    return {
        **wire,
        "apns": {"headers": kept, "payload": {"aps": aps or part["payload"]["aps"]}},
    }


def _body(wire: dict[str, Any]) -> str:
    if "apns" in wire:
        return str(wire["apns"]["payload"]["aps"]["alert"]["body"])
    return str(wire.get("android", wire.get("webpush", {}))["notification"]["body"])
