"""The shape of a text."""

import pytest

from sessions.personas.features import Features, read_features, without_code


def shape(text: str) -> Features:
    return read_features(text, without_code(text))


def test_counts_leave_code_out() -> None:
    found = shape("Please look! Is it right?\n```\nfor x in y: print(x)\n```")
    assert (found.words, found.exclamations, found.questions, found.code) == (5, 1, 1, True)
    assert found.sentence_words == pytest.approx(2.5)


@pytest.mark.parametrize(
    "line",
    [
        "Traceback (most recent call last):",
        '  File "app.py", line 3, in run',
        "def answer(x):",
        "import os",
        "from os import path",
        "SELECT id FROM users WHERE 1=1",
        "const total = 3",
        "sudo apt update",
        "$ git status",
        "}",
        "console.log(total);",
        "use `grep -r` here",
        "I get a ValueError every time",
    ],
)
def test_code_is_recognised(line: str) -> None:
    assert shape(f"look\n{line}\nwhy").code


@pytest.mark.parametrize(
    "line",
    [
        "import taxes are too high",
        "Let me tell you about my day",
        "I pay $ 500 for it",
        "안녕(하세요)",
        "returning home was hard",
        "from me to you",
    ],
)
def test_prose_is_not_code(line: str) -> None:
    assert without_code(line) == line
    assert not shape(line).code


def test_shouting_is_a_share_of_the_words() -> None:
    assert shape("I HATE THIS THING").loud == 1.0
    assert shape("I use the NASA API").loud == pytest.approx(0.5)
    assert shape("OMG").loud == 0.0


def test_stretched_letters_are_counted() -> None:
    assert shape("soooo gooood").stretched == 2
    assert shape("ㅋㅋㅋ").stretched == 1
