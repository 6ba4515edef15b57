"""Words, days and cues of texts, in English and Korean."""

from datetime import date

import pytest
from hypothesis import given as all_of
from hypothesis import strategies as some

from sessions.memory.recall import cues
from sessions.memory.recall.dates import days_of
from sessions.memory.recall.words import name_of, names, terms

TODAY = date(2023, 5, 8)  # a Monday


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("She went to Kenya", "Where does she go?"),
        ("I've bought two bikes", "buy a bicycle"),
        ("counselling children", "counsel a child"),
        ("my mum's photo", "mother's pictures"),
        ("회사에서 그만뒀어", "회사를"),
        ("엄마한테", "엄마가"),
        ("東京に行った", "東京"),
    ],
)
def test_the_same_thing_in_other_forms_shares_a_term(one: str, other: str) -> None:
    assert set(terms(one)) & set(terms(other))


def test_small_words_say_nothing_unless_they_are_all_there_is() -> None:
    assert terms("What did you do with it?") == terms("What did you do with it?")
    assert terms("the violin of the") == ["violin"]
    assert terms("who are you") != []
    assert terms("😀 …") == []
    assert name_of("Dana Smith") in names("What did Dana's brother say?")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("yesterday", "2023-05-07", "2023-05-07"),
        ("last Friday", "2023-05-05", "2023-05-05"),
        ("on Monday", "2023-05-08", "2023-05-08"),
        ("last week", "2023-05-01", "2023-05-07"),
        ("last month", "2023-04-01", "2023-04-30"),
        ("two weeks ago", "2023-04-21", "2023-04-27"),
        ("in December", "2022-12-01", "2022-12-31"),
        ("May 3rd", "2023-05-03", "2023-05-03"),
        ("on 7 May, 2021", "2021-05-07", "2021-05-07"),
        ("by June 2024", "2024-06-01", "2024-06-30"),
        ("2023-02-01", "2023-02-01", "2023-02-01"),
        ("지난주에", "2023-05-01", "2023-05-07"),
        ("3일 전에", "2023-05-05", "2023-05-05"),
        ("4월 2일", "2023-04-02", "2023-04-02"),
        ("금요일에", "2023-05-05", "2023-05-05"),
    ],
)
def test_days_are_seen_from_the_day_of_the_text(text: str, first: str, last: str) -> None:
    (days,) = days_of(f"so, {text} I ran", TODAY)
    assert (str(date.fromordinal(days.first)), str(date.fromordinal(days.last))) == (first, last)


@pytest.mark.parametrize("text", ["I may run", "30 February", "999 years ago", "march on"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert days_of(text, TODAY) == ()


@all_of(some.text(max_size=200), some.dates())
def test_any_text_on_any_day_can_be_read(text: str, day: date) -> None:
    assert all(days.first <= days.last for days in days_of(text, day))
    assert all(terms(text))
    assert 0 <= cues.given(text, dated=False) < 32


def test_cues_tell_what_is_asked_and_what_is_given() -> None:
    assert cues.asked("When did she leave, and where to?") == cues.TIME | cues.PLACE
    assert cues.asked("누가 왔어?") == cues.PERSON
    assert cues.given("We met my aunt in Leeds", dated=False) == cues.PERSON | cues.PLACE
    assert cues.given("It took three hours.", dated=True) == cues.TIME | cues.NUMBER
    assert cues.given("Oh! What is it?", dated=False) & cues.ASKS
    assert not cues.given("I bought a new violin. You?", dated=False) & cues.ASKS
