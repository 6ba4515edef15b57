"""Text that can't be taken back."""

from hypothesis import given
from hypothesis import strategies as st

from app.realtime.spoken import Spoken

PIECES = st.lists(st.text(max_size=4), max_size=12)


def say(spoken: Spoken, pieces: list[str]) -> str:
    return "".join(spoken.add(piece) for piece in pieces)


@given(PIECES)
def test_an_answer_that_never_begins_anew_is_said_as_it_comes(pieces: list[str]) -> None:
    spoken = Spoken()
    said = say(spoken, pieces) + spoken.rest("".join(pieces))

    assert said == "".join(pieces)
    assert not spoken.lost


@given(st.text(max_size=30), st.data())
def test_the_same_answer_again_is_said_once(whole: str, data: st.DataObject) -> None:
    spoken = Spoken()
    said = ""
    for _ in range(3):
        spoken.begin()
        cut = data.draw(st.integers(0, len(whole)))
        said += say(spoken, list(whole[:cut]))
    said += spoken.rest(whole)

    assert said == whole
    assert not spoken.lost


@given(PIECES, PIECES)
def test_what_is_said_is_the_answer_or_lost(first: list[str], second: list[str]) -> None:
    spoken = Spoken()
    said = say(spoken, first)
    spoken.begin()
    said += say(spoken, second) + spoken.rest("".join(second))

    assert spoken.lost or said == "".join(second)
    assert spoken.lost != "".join(second).startswith("".join(first))
    assert said.startswith("".join(first))


def test_nothing_more_is_said_once_it_is_lost() -> None:
    spoken = Spoken()
    spoken.add("red")
    spoken.begin()

    assert spoken.add("blue") == ""
    assert spoken.lost
    assert spoken.add(" and red") == ""
    assert spoken.rest("blue and red") == ""


def test_a_shorter_answer_can_not_take_back_what_was_said() -> None:
    spoken = Spoken()
    spoken.add("red and blue")
    spoken.begin()

    assert spoken.rest("red") == ""
    assert spoken.lost
