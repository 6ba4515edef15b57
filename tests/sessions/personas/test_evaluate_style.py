"""The table of styles: whose answers score how under whose checker."""

from pathlib import Path

from sessions.llm.offline.provider import OfflineProvider
from sessions.personas.evaluate_style import Answered, answered, measure, messages, table
from sessions.personas.language import detect_language
from tests.personas import packaged
from tests.sessions.personas.fifth import FIFTH, with_file

CATALOGUE = packaged()


def said(persona: str, answer: str, language: str = "en") -> Answered:
    shape = CATALOGUE.get(persona).builder
    return Answered(persona=persona, shape=shape, language=language, message="How?", answer=answer)


def test_there_are_twenty_messages_in_each_language() -> None:
    assert [detect_language(text) for text in messages()] == ["en"] * 20 + ["ko"] * 20


async def test_offline_answers_keep_their_shape_better_than_any_other() -> None:
    provider = OfflineProvider(interval_ms=0)
    answers = await answered(provider, CATALOGUE, CATALOGUE.ids, messages())
    report = measure("offline", answers, CATALOGUE)
    assert report.n == 160
    for persona, kept in report.personas.items():
        assert max(kept.scores, key=lambda one: kept.scores[one]) == persona
        assert not kept.breaches


def test_a_report_counts_what_is_missing() -> None:
    report = measure(
        "fake",
        [said("elro", "1. **Problem.** A.\n2. **Solution.** B."), said("elro", "뭐", "ko")],
        CATALOGUE,
    )
    kept = report.personas["elro"]
    assert kept.n == 2
    assert kept.missing == {
        "steps": 2,
        "cautions": 2,
        "problem": 1,
        "solution": 1,
        "numbered": 1,
    }
    assert kept.own["en"] > kept.own["ko"] == 0.0
    assert kept.won == 0.5
    assert "steps 2" in table(report)


def test_a_persona_without_a_checker_is_left_out(tmp_path: Path) -> None:
    catalogue = with_file(tmp_path, FIFTH)
    other = Answered(persona="sora", shape="plain", language="en", message="a", answer="b")
    report = measure("fake", [other], catalogue)
    assert (report.n, report.personas) == (0, {})
    assert table(report).startswith("0 answers by fake")
