"""Conversations as clients tell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.resources import Role
from sessions.exchanges import Exchange, fingerprint, one_ends_the_other, paired

ROLES = st.sampled_from(["user", "assistant"])
WORDS = st.text(alphabet="ab \n", max_size=5)
MESSAGES = st.lists(st.tuples(ROLES, WORDS), max_size=12)
EXCHANGES = st.lists(st.builds(Exchange, st.text(min_size=1), st.text(min_size=1)), max_size=5)


@pytest.mark.parametrize(
    ("messages", "exchanges", "unanswered"),
    [
        ([], [], []),
        ([("user", "a")], [], ["a"]),
        ([("user", "a"), ("user", "b")], [], ["a", "b"]),
        ([("user", "a"), ("assistant", "x")], [("a", "x")], []),
        ([("assistant", "hi"), ("user", "a")], [], ["a"]),
        (
            [("user", "a"), ("user", "b"), ("assistant", "x"), ("assistant", "y"), ("user", "c")],
            [("a\n\nb", "x\n\ny")],
            ["c"],
        ),
        ([("user", "a"), ("assistant", " "), ("user", "b")], [], ["a", "b"]),
    ],
)
def test_messages_become_exchanges(
    messages: list[tuple[Role, str]], exchanges: list[tuple[str, str]], unanswered: list[str]
) -> None:
    found = paired(messages)

    assert [(each.said, each.answer) for each in found.exchanges] == exchanges
    assert list(found.unanswered) == unanswered
    assert found.text == "\n\n".join(unanswered)


@given(MESSAGES)
def test_no_word_of_the_user_is_lost_and_none_stands_twice(
    messages: list[tuple[Role, str]],
) -> None:
    found = paired(messages)
    said = [text for role, text in messages if role == "user" and text.strip()]

    told = [each.said for each in found.exchanges] + ([found.text] if found.unanswered else [])
    assert "\n\n".join(told) == "\n\n".join(said)
    assert all(each.said.strip() and each.answer.strip() for each in found.exchanges)


@given(EXCHANGES)
def test_white_space_changes_nothing(exchanges: list[Exchange]) -> None:
    spaced = [Exchange(f"  {each.said}\n", f"\t{each.answer} ") for each in exchanges]

    assert fingerprint(spaced) == fingerprint(exchanges)
    assert one_ends_the_other(spaced, exchanges) is bool(exchanges)


def test_a_conversation_is_known_by_its_end() -> None:
    one, two, three = Exchange("a", "x"), Exchange("b", "y"), Exchange("c", "z")

    assert fingerprint([one, two, three]) == fingerprint([two, three])
    assert fingerprint([one, two]) != fingerprint([two])
    assert fingerprint([one, two]) != fingerprint([two, one])
    assert fingerprint([Exchange("a b", "x")]) != fingerprint([Exchange("a", "b x")])


def test_conversations_are_compared_as_far_back_as_both_go() -> None:
    one, two, three = Exchange("a", "x"), Exchange("b", "y"), Exchange("c", "z")

    assert one_ends_the_other([one, two, three], [two, three])
    assert one_ends_the_other([three], [one, two, three])
    assert not one_ends_the_other([one, two, three], [one, two])
    assert not one_ends_the_other([], [one])
