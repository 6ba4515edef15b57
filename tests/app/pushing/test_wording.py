"""What mentors say when they write first."""

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pushing.wording import Form, Reason, opening_words
from sessions.memory.extract import from_answer
from sessions.safety.classify import check
from tests.personas import packaged

FORMS: tuple[Form, ...] = get_args(Form)
SINGLE = ("promise", "today", "tomorrow")
EVERYBODY = (*packaged().ids, "somebody else")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("persona", EVERYBODY)
def test_every_mentor_has_words_for_everything_in_every_language(
    persona: str, language: str
) -> None:
    told: set[str] = set()
    for form in FORMS:
        said = {
            opening_words(
                Reason(form=form, words="call my landlord"),
                persona=persona,
                language=language,
                turn=str(number),
            )
            for number in range(20)
        }
        assert said.isdisjoint(told)
        told |= said
        assert len(said) == 1 if form in SINGLE else len(said) > 1
        for each in said:
            assert ("call my landlord" in each) is (form != "plain")
            assert "{" not in each
            assert any("가" <= letter <= "힣" for letter in each) is (language == "ko")
            assert check(each) is None
            # nothing that it says is a promise for a day
            assert from_answer(each, today=date(2026, 11, 23)) == ()


@pytest.mark.parametrize("persona", EVERYBODY)
@pytest.mark.parametrize("form", FORMS)
def test_in_korean_nothing_is_joined_to_words_whose_last_sound_is_not_known(
    form: Form, persona: str
) -> None:
    for turn in range(20):
        reason = Reason(form=form, words="면접 준비")
        said = opening_words(reason, persona=persona, language="ko", turn=str(turn))
        assert said.partition("”")[2][:1] in ("", " ")


@given(st.text(max_size=400), st.sampled_from(FORMS), st.sampled_from(EVERYBODY))
def test_words_of_others_stay_within_their_quotation(words: str, form: Form, persona: str) -> None:
    text = opening_words(Reason(form=form, words=words), persona=persona, language="en", turn="1")
    assert text.count("“") == text.count("”") <= 1
    assert len(text) < 320
    assert "\n" not in text


def test_words_that_call_for_help_are_not_repeated_and_a_days_stamp_neither() -> None:
    hurt = Reason(form="step", words="I want to kill myself")
    assert "kill" not in opening_words(hurt, persona="lua", language="en", turn="1")
    promise = Reason(form="promise", words="I'll ask you on Friday how it went. (2026-11-27)")
    said = opening_words(promise, persona="lua", language="en", turn="1")
    assert "“I'll ask you on Friday how it went.”" in said
    assert opening_words(promise, persona="lua", language="de", turn="1") == said
