"""A payload fits, whatever it says."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from push.webpush.payload import PLAIN_BYTES, TooBig, payload_of
from tests.push.messages import a_message

# families, flags, marks, Hangul, right-to-left, characters that JSON escapes
PIECES = [*"a가é\u0301", "👨‍👩‍👧‍👦", "🇰🇷", "שלום", '"', "\\", "\n", "\x01", "𝔘"]
WORDS = st.lists(st.tuples(st.sampled_from(PIECES), st.integers(1, 999)), max_size=9).map(
    lambda runs: "".join(piece * times for piece, times in runs)
)


@given(st.text(max_size=300), WORDS)
@settings(max_examples=50)
def test_f6_a_payload_never_is_too_big_and_its_body_stays_a_beginning(
    title: str, body: str
) -> None:
    encoded = payload_of(a_message(title=title, body=body))
    assert len(encoded) <= PLAIN_BYTES
    payload = json.loads(encoded)
    if payload["body"] != body:
        assert payload["body"] == "" or payload["body"].endswith("…")
        assert body.startswith(payload["body"].removesuffix("…"))


@given(st.integers(300, 900), st.sampled_from(["👨‍👩‍👧‍👦", "🇰🇷", "é", "한", '"', "\x01"]))
@settings(max_examples=40)
def test_b7_no_character_is_cut_in_two(most_bytes: int, cluster: str) -> None:
    body = cluster * 1000
    shown = json.loads(payload_of(a_message(body=body), most_bytes=most_bytes))["body"]
    kept = shown.removesuffix("…")
    assert kept == cluster * (len(kept) // len(cluster))
    # what is given away is less than a character, its escapes and the mark
    assert len(payload_of(a_message(body=kept), most_bytes=10**6)) > most_bytes - 64


def test_f6_a_title_is_cut_when_the_body_is_gone_already() -> None:
    payload = json.loads(payload_of(a_message(title="t" * 5000, body="words")))
    assert payload["body"] == ""
    assert payload["title"].endswith("t…")


def test_f6_what_is_no_words_is_never_cut() -> None:
    with pytest.raises(TooBig):
        payload_of(a_message(link="/" + "x" * 5000))


def test_d5_a_payload_tells_its_place_in_the_thread_and_what_it_replaces() -> None:
    assert json.loads(payload_of(a_message(badge=0))) == {
        "id": "n_1",
        "kind": "reply_ready",
        "title": "Mina",
        "body": "Your answer is ready.",
        "tag": "s_1",
        "thread": "s_1",
        "badge": 0,
        "number": 7,
        "at": 1795424400000,
        "link": "/#s_1",
    }
