"""Tokens are counted where the vocabulary is known, and estimated well enough elsewhere."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.counting import open_counter
from app.settings import Settings
from sessions.tokens import estimate_tokens, vocabulary_of
from sessions.tokens.evaluate import Labelled, measure, table
from sessions.tokens.toktok import Toktok

MESSAGES = Path(__file__).parents[2] / "eval"


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_an_estimate_grows_with_the_text(one: str, other: str) -> None:
    assert estimate_tokens(one + other) >= estimate_tokens(one)
    assert estimate_tokens(one + other) <= estimate_tokens(one) + estimate_tokens(other)
    assert (estimate_tokens(one) == 0) == (one == "")


def test_the_estimate_is_about_right_on_messages_it_was_not_made_from() -> None:
    lines = [
        json.loads(line)
        for language in ("en", "ko")
        for line in (MESSAGES / f"messages.{language}.jsonl").read_text().splitlines()
    ]
    examples = [Labelled(text=each["text"], language=each["language"]) for each in lines]
    report = measure(examples, Toktok("o200k_base"))

    assert list(report) == ["en", "ko"]
    for error in report.values():
        assert (error.texts, abs(error.bias) < 0.05, error.mean < 0.12) == (340, True, True)
    assert table(report).count("\n") == 3


@pytest.mark.parametrize(
    ("model", "vocabulary"),
    [
        ("gpt-4o-mini-2024-07-18", "o200k_base"),
        ("openai/gpt-5-mini", "o200k_base"),
        ("ft:gpt-4.1-mini:us:x:1", "o200k_base"),
        ("o3", "o200k_base"),
        ("o4-mini", "o200k_base"),
        ("gpt-4-turbo", "cl100k_base"),
        ("gpt-3.5-turbo", "cl100k_base"),
        ("openai/gpt-oss-120b", "o200k_harmony"),
        ("gpt-4x", None),
        ("o3000", None),
        ("llama3.2", None),
        ("", None),
    ],
)
def test_a_model_is_known_by_its_name(model: str, vocabulary: str | None) -> None:
    assert vocabulary_of(model) == vocabulary


@given(st.text(max_size=60))
def test_any_text_can_be_counted(text: str) -> None:
    assert (Toktok("o200k_base")(text) == 0) == (text == "")
    assert Toktok("o200k_base")("\ud800<|endoftext|>") > 1


def test_what_counts_follows_the_settings() -> None:
    known = open_counter(Settings(llm="openai", llm_model="gpt-4o@http://127.0.0.1:1/v1"))
    assert isinstance(known, Toktok)
    assert known("안녕하세요, 반갑습니다") < estimate_tokens("안녕하세요, 반갑습니다") * 2
    assert open_counter(Settings(llm="openai", llm_model="llama3.2")) is estimate_tokens
    assert open_counter(Settings(llm_model="gpt-4o")) is estimate_tokens


def test_nothing_is_loaded_before_a_model_needs_it() -> None:
    loaded = "import sys, app.counting, sessions.turn; sys.exit('toktok' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
