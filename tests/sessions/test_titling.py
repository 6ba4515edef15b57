"""Titles of sessions whose words were taken away or corrected."""

from msgspec import structs

from sessions.context import past_turn
from sessions.conversation import PastTurn
from sessions.titling import titled_anew
from tests.sessions.turns import session, turn


def said(number: int, text: str) -> PastTurn:
    return structs.replace(past_turn(turn(number)), user_text=text)


def test_a_title_is_made_anew_only_of_lost_words() -> None:
    gone, left = [said(1, "Berlin in spring")], [said(2, "Oslo in winter")]

    for title in ("Berlin in spring", "My trip to Berlin"):
        assert titled_anew(session(title=title), left, lost=gone) == "Oslo in winter"
    assert titled_anew(session(title="In winter"), left, lost=gone) == "In winter"
    assert titled_anew(session(title="Berlin"), [], lost=gone) == ""
    assert titled_anew(session(title="Berlin"), left) == "Oslo in winter", "after a cut"


def test_rules_make_a_title_anew_that_none_of_their_words_make() -> None:
    left = [said(1, "hi"), said(2, "Oslo in winter"), said(3, "Bergen in spring")]

    kept = session(title="Bergen in spring", titled_by="rules")
    assert titled_anew(kept, left, whole=True) == "Bergen in spring"
    corrected = session(title="Winter in Oslo", titled_by="rules")
    assert titled_anew(corrected, left, whole=True) == "Oslo in winter"
    assert titled_anew(corrected, left) == "Winter in Oslo", "what came before is not known"
