"""Markdown in answers: as it comes on a terminal, and as plain text in a pipe."""

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ion_client.chat.markdown import Block, Flow, plain
from ion_client.chat.screen import PlainScreen, RichScreen
from rich.console import Console

ANSWER = """Some **bold words**, *it*, `a*b` and [a link](http://b.c). 2 * 3 * 4, [1] x.
List:
- one **b**
* two

| a | b |
|---|---|
| 1 | 2 |

# Head
```python
x = 1

y = **z
```
The end **unclosed"""


def shown(answer: str, size: int) -> str:
    out = StringIO()
    screen = RichScreen(Console(file=out, width=100, force_terminal=False))
    screen.begin("lua")
    for start in range(0, len(answer), size):
        screen.write(answer[start : start + size])
    screen.end(answer)
    return out.getvalue()


def test_a_terminal_shows_markdown_however_it_comes() -> None:
    whole = shown(ANSWER, len(ANSWER))
    for part in ("bold words, it, a*b and", "link (http://b.c)", "2 * 3 * 4, [1] x.", "• one b"):
        assert part in whole
    assert "y = **z" in whole
    assert whole.endswith("\nThe end **unclosed\n")
    assert "```" not in whole
    assert all(shown(ANSWER, size) == whole for size in (1, 2, 3, 7))


def test_words_of_a_paragraph_are_shown_before_its_end() -> None:
    flow = Flow()
    assert flow.feed("Yes, ") == [("Yes, ", "")]
    assert flow.feed("**ver") == []
    assert flow.feed("y** ") == [("very", "bold"), (" ", "")]
    assert flow.feed("\n-") == [("\n", "")]
    assert flow.feed(" one\n\n") == [Block("- one\n\n")]
    assert flow.feed("2") == []
    assert flow.flush() == [("2", "")]


def test_a_pipe_gets_plain_text() -> None:
    out = StringIO()
    PlainScreen(Console(file=out, width=60), Console(file=StringIO())).end(ANSWER)
    assert out.getvalue() == plain(ANSWER) + "\n"
    assert (
        plain(ANSWER)
        == """Some bold words, it, a*b and a link (http://b.c). 2 * 3 * 4, [1] x.
List:
- one b
- two

a  b
1  2

Head
x = 1

y = **z
The end **unclosed"""
    )


@given(st.text(alphabet="a1 \n*`[]()#-|>.", max_size=60), st.data())
def test_nothing_that_is_no_mark_gets_lost(text: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(text)))
    flow = Flow()
    pieces = [*flow.feed(text[:cut]), *flow.feed(text[cut:]), *flow.flush()]
    words = "".join(piece.text if isinstance(piece, Block) else piece[0] for piece in pieces)
    assert [each for each in words if each in "a1"] == [each for each in text if each in "a1"]


@pytest.mark.parametrize("text", ["", "no marks at all", "5*3", "a_b_c", "- 1\n- 2"])
def test_text_without_marks_stays(text: str) -> None:
    assert plain(text) == text
