"""What people are told, and whom they can reach."""

import itertools
import re
from typing import get_args

import pytest

from sessions.safety.classify import Risk
from sessions.safety.helplines import country_of, help_for
from sessions.safety.lexicon import Category, Severity
from sessions.safety.policy import SafetyAnswer, first_notice, respond

CATEGORIES: tuple[Category, ...] = get_args(Category)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


def answer(
    turn: int = 1,
    *,
    category: Category = "suicide",
    severity: Severity = "elevated",
    other: bool = False,
    language: str = "en",
    locale: str = "",
    timezone: str = "",
) -> SafetyAnswer:
    return respond(
        Risk(
            category=category,
            severity=severity,
            language=language,
            rules=("x",),
            about="other" if other else "self",
        ),
        language=language,
        locale=locale,
        timezone=timezone,
        persona_name="Lua",
        turn_number=turn,
    )


def sentences(text: str) -> set[str]:
    return {each for each in re.split(r"(?<=[.?!])\s+", text) if each}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("other", [False, True])
def test_every_answer_is_short_asks_once_and_names_a_human(
    language: str, category: Category, severity: Severity, *, other: bool
) -> None:
    for turn in range(12):
        said = answer(
            turn,
            category=category,
            severity=severity,
            other=other,
            language=language,
            locale="ko-KR",
        )
        assert 60 <= len(said.text) <= 480
        assert said.category == category
        assert 1 <= said.text.count("?") <= 2
        assert "{" not in said.text
        assert any(each.contact in said.text for each in said.resources) or "119" in said.text


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("severity", SEVERITIES)
def test_neighbouring_turns_share_no_sentence(language: str, severity: Severity) -> None:
    said = [
        sentences(answer(turn, severity=severity, language=language).text) for turn in range(7, 12)
    ]
    for one, two in itertools.combinations(said, 2):
        assert not one & two


def test_urgency_and_the_person_change_what_is_said() -> None:
    texts = {
        answer(severity="acute").text,
        answer(severity="elevated").text,
        answer(other=True).text,
        answer(category="abuse").text,
        answer(category="self_harm").text,
        answer(category="harm_others").text,
        answer(category="medical_emergency", severity="acute").text,
    }
    assert len(texts) == 7


def test_acute_answers_name_the_emergency_number_of_the_country() -> None:
    for turn in range(6):
        assert "911" in answer(turn, severity="acute", locale="en-US").text
        assert "119" in answer(turn, severity="acute", locale="ko-KR", language="ko").text


def test_violence_leads_to_the_police_and_its_own_line() -> None:
    said = answer(category="abuse", locale="ko-KR", language="ko")
    assert said.resources[0].contact == "1366"
    assert "112" in said.text


def test_another_language_is_answered_in_english() -> None:
    assert answer(language="fr", locale="fr-FR").text == answer(language="en", locale="fr-FR").text


@pytest.mark.parametrize(
    ("locale", "timezone", "language", "country"),
    [
        ("ko-KR", "", "en", "KR"),
        ("en_GB", "Asia/Seoul", "en", "GB"),
        ("zh-Hant-TW", "", "zh", "TW"),
        ("en_US.UTF-8", "", "en", "US"),
        ("en", "Asia/Seoul", "en", "KR"),
        ("", "Europe/London", "en", "GB"),
        ("", "", "ko", "KR"),
        ("", "Nowhere/Else", "en", ""),
        ("garbage", "", "", ""),
    ],
)
def test_the_country_comes_from_the_locale_then_the_zone_then_the_language(
    locale: str, timezone: str, language: str, country: str
) -> None:
    assert country_of(locale=locale, timezone=timezone, language=language) == country


@pytest.mark.parametrize(
    ("locale", "contact"),
    [("en-US", "988"), ("ko-KR", "109"), ("en-GB", "116 123"), ("fr-FR", "3114")],
)
def test_a_known_country_has_its_own_line_first(locale: str, contact: str) -> None:
    lines = help_for("suicide", locale=locale, timezone="", language="en").lines
    assert lines[0].contact == contact
    assert lines[-1].contact == "findahelpline.com"


def test_someone_abroad_gets_a_line_of_the_place_as_well() -> None:
    found = help_for("suicide", locale="en-US", timezone="Asia/Seoul", language="en")
    assert [line.contact for line in found.lines] == ["988", "109", "findahelpline.com"]


def test_an_unknown_country_still_has_somewhere_to_go() -> None:
    said = answer(severity="acute", locale="en-AQ")
    assert [line.contact for line in said.resources] == ["findahelpline.com"]
    assert "local emergency number" in said.text


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_notice_says_that_no_human_answers_and_which_engine_does(language: str) -> None:
    model, offline = first_notice(language, "openai"), first_notice(language, "offline")
    assert "AI" in model
    assert "AI" in offline
    assert model != offline


def test_checked_lines_name_a_source_and_a_day() -> None:
    for country in ("US", "CA", "GB", "IE", "AU", "NZ", "KR", "JP", "IN", "DE", "FR", "BR"):
        for line in help_for("abuse", locale=f"xx-{country}", timezone="", language="en").lines:
            assert line.source.startswith("http")
            assert re.fullmatch(r"|\d{4}-\d{2}-\d{2}", line.checked)
