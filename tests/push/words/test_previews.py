"""Messages as one line of plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.words.previews import previewed

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("**Good** morning,\n\n- one\n- two", "Good morning, one two"),
        ("# Plan\n\nread [the page](https://example.org/x)", "Plan read the page"),
        ("Try:\n```python\nprint(1)\n```\nDone.", "Try: print(1) Done."),
        ("use `a_b` and 2 * 3 * 4", "use a_b and 2 * 3 * 4"),
        ("> 말씀하신 대로 **천천히** 해요", "말씀하신 대로 천천히 해요"),
        ("\u202eevil\u202c\x07", "evil"),
        ("می\u200cخواهم \u200fabc", "می\u200cخواهم \u200fabc"),
        (" \n\t ", ""),
    ],
)
def test_g8_a_message_is_shown_as_a_line(text: str, line: str) -> None:
    assert previewed(text) == line


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("*_`[]()#>-\n" + TURNING)))
def test_g8_no_preview_breaks_the_line_or_turns_what_is_around(text: str) -> None:
    line = previewed(text)
    assert not set(line) & set("\n\r\t" + TURNING)
    assert line == line.strip()
