"""The page on forgetting leaves nothing out that push keeps."""

from pathlib import Path

from push.documents import PUSH_COLLECTIONS

PAGE = Path(__file__).parents[2] / "docs" / "erasure.md"


def test_c6_all_that_push_keeps_is_named_where_it_says_what_goes_with_what() -> None:
    text = PAGE.read_text()
    table = text[text.index("## What goes with what") : text.index("## When an account ends")]
    assert [each.name for each in PUSH_COLLECTIONS if f"`{each.name}`" not in table] == []
