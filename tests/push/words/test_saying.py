"""What notifications say, in each language, and what they must not."""

from string import Formatter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.kinds import KINDS, Kind, News
from push.words import Shown, chain, words_of
from push.words.saying import copy

KIND = st.sampled_from(list(KINDS))
LOCALES = ["en", "ko"]
FIELDS = {"title": {"name", "count"}, "hidden": {"count"}}
SECRET = "Zebra 7319"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", KINDS)
def test_g8_there_is_copy_for_every_kind_and_locale(locale: str, kind: Kind) -> None:
    for part, known in FIELDS.items():
        forms = copy()[locale][kind][part]
        assert "other" in forms
        for form in forms.values():
            assert {field for _, field, _, _ in Formatter().parse(form) if field} <= known
    assert set(copy()) == set(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("news", [each for each in get_args(News) if each])
def test_g8_all_news_of_an_account_has_words_of_its_own_which_name_nobody(
    locale: str, news: News
) -> None:
    told = words_of("account", locale, news=news)
    shown = words_of("account", locale, name=SECRET, news=news, preview=True)
    assert told == shown
    assert told.body != words_of("account", locale).body
    assert SECRET not in told.title + told.body


@given(KIND, st.text(max_size=12), st.integers(1, 99), st.text(max_size=20))
def test_g8_without_preview_no_word_of_anybody_is_shown(
    kind: Kind, locale: str, count: int, more: str
) -> None:
    shown = words_of(kind, locale, count=count, name=SECRET, text=SECRET + more)
    assert shown == words_of(kind, locale, count=count)
    assert SECRET not in shown.title + shown.body
    assert shown.title
    assert shown.body


@given(st.text(min_size=1, max_size=40), st.sampled_from(LOCALES))
def test_g8_what_was_said_at_risk_is_never_on_a_lock_screen(text: str, locale: str) -> None:
    shown = words_of("safety", locale, name="Lua", text=text, preview=True)
    assert shown == words_of("safety", locale)


@given(KIND, st.text(max_size=5000), st.text(max_size=500), st.sampled_from(LOCALES))
def test_b7_titles_and_bodies_fit_and_are_never_empty(
    kind: Kind, text: str, name: str, locale: str
) -> None:
    shown = words_of(kind, locale, count=3, name=name, text=text, preview=True)
    assert 0 < len(shown.title.encode()) <= 160
    assert 0 < len(shown.body.encode()) <= 1024


@pytest.mark.parametrize(
    ("locale", "count", "shown"),
    [
        ("en", 1, Shown(title="Lua", body="See you")),
        ("en", 2, Shown(title="Lua · 2 new answers", body="See you")),
        ("ko", 1, Shown(title="Lua", body="See you")),
        ("ko-KR", 3, Shown(title="Lua · 새 답장 3개", body="See you")),
        ("fr", 21, Shown(title="Lua · 21 new answers", body="See you")),
    ],
)
def test_g4_the_newest_text_and_a_count(locale: str, count: int, shown: Shown) -> None:
    said = words_of("reply_ready", locale, count=count, name="Lua", text="See you", preview=True)
    assert said == shown


@pytest.mark.parametrize(
    ("locale", "count", "body"),
    [
        ("en", 1, "You have a new answer"),
        ("en", 5, "You have 5 new answers"),
        ("ko", 1, "새 답장이 도착했어요"),
        ("ko", 5, "새 답장 5개가 도착했어요"),
    ],
)
def test_g8_numbers_take_the_form_of_the_language(locale: str, count: int, body: str) -> None:
    assert words_of("reply_ready", locale, count=count).body == body


@pytest.mark.parametrize(
    ("locale", "found"),
    [
        ("ko", ("ko", "en")),
        ("ko_KR", ("ko-KR", "ko", "en")),
        ("EN-gb", ("en-gb", "en")),
        ("zh-Hant-TW", ("zh-Hant-TW", "zh-Hant", "zh", "en")),
        ("", ("en",)),
        ("--", ("en",)),
    ],
)
def test_g8_a_locale_falls_back_to_its_language_then_to_english(
    locale: str, found: tuple[str, ...]
) -> None:
    assert chain(locale) == found


def test_a_text_with_braces_is_said_as_it_is() -> None:
    shown = words_of("reply_ready", count=2, name="{count}", text="{name} {0}", preview=True)
    assert shown == Shown(title="{count} · 2 new answers", body="{name} {0}")
