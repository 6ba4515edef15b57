"""What users see of their memory: quotations, and pages in which each memory is once."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.frames import MemorySaved
from sessions.archive import COLLECTIONS
from sessions.errors import BadRequest
from sessions.memory.cursors import Cursor, read_cursor
from sessions.memory.documents import FACTS, FactDocument, Source
from sessions.memory.quoting import quoted
from sessions.memory.shown import MemoryFilter, ShownMemory
from sessions.memory.sources import sourced
from sessions.memory.views import saved_fields
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.memory.made import NOW, fact


@given(st.text(max_size=400), st.text(max_size=60), st.integers(min_value=30, max_value=80))
def test_a_quotation_is_a_part_of_the_message(message: str, about: str, most: int) -> None:
    shown = quoted(message, about, most=most)

    line = " ".join(message.split())
    assert len(shown) <= max(most, 0)
    assert shown == line or shown.strip("…").strip() in line
    assert (shown == line) == (len(line) <= most) or "…" in line


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ("my sister lives in Busan", "…My sister lives in Busan…"),
        ("my sister's home is Busan.", "…My sister lives in Busan…"),
        ("nothing of this", "So many words about the weather…"),
    ],
)
def test_a_quotation_shows_what_the_memory_says(about: str, expected: str) -> None:
    message = (
        "So many words about the weather and more of them. My sister lives in Busan."
        " Then I told everybody about the trains."
    )

    shown = quoted(message, about, most=40)

    assert shown.startswith(expected.rstrip("…"))
    assert shown.endswith("…")


@given(st.booleans(), st.timedeltas(max_value=timedelta(days=9)), st.text("f_09azv", min_size=1))
def test_a_cursor_says_where_to_go_on(pinned: bool, ago: timedelta, fact_id: str) -> None:
    cursor = Cursor(pinned=pinned, at=NOW + max(ago, timedelta(days=-9)), id=fact_id)
    assert read_cursor(cursor.text()) == cursor


@given(st.text(max_size=64))
def test_what_is_no_cursor_is_refused_or_read(text: str) -> None:
    try:
        read_cursor(text)
    except BadRequest:
        return
    assert text[:2] in ("0-", "1-")


@settings(max_examples=15)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), max_size=12), st.integers(1, 5))
async def test_pages_hold_each_memory_once_also_of_one_moment(
    made: list[tuple[bool, int]], limit: int
) -> None:
    with TemporaryDirectory() as directory:
        documents = SqliteDocuments(Path(directory) / "ion.sqlite", COLLECTIONS)
        await documents.open()
        facts = [
            fact(f"{number:02}", day=day, pinned=pinned)
            for number, (pinned, day) in enumerate(made)
        ]
        for each in facts:
            await documents.insert(FACTS, each)
        seen = await _all_pages(ShownMemory(documents, read=2), limit)
        await documents.aclose()

    assert seen == [each.id for each in sorted(facts, key=_place, reverse=True)]


async def _all_pages(shown: ShownMemory, limit: int) -> list[str]:
    seen: list[str] = []
    before: Cursor | None = None
    while True:
        page = await shown.page("u_1", MemoryFilter(), before=before, limit=limit)
        seen += [each.id for each in page.memories]
        if page.next is None:
            return seen
        before = read_cursor(page.next)


def _place(each: FactDocument) -> tuple[object, ...]:
    return each.pinned, each.updated_at, each.id


def test_the_log_says_what_is_remembered_from_its_own_messages() -> None:
    old, new = (Source(session_id="s_1", turn_id=t, message_id=f"m{t[1:]}") for t in ("t_1", "t_2"))
    known = sourced(fact("1"), (old, new))

    frame = MemorySaved(session_id="s_1", seq=1, at=NOW, **saved_fields(known, "t_2"))

    assert (frame.memory_id, frame.kind, frame.text) == ("f_1", "name", "My name is 1")
    assert frame.message_ids == ("m_2",)
