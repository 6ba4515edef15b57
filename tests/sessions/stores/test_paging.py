"""Lists that are read a page at a time, however many documents have one and the same time."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.errors import BadRequest
from sessions.stores.cursors import Cursor, read_before, read_cursor
from sessions.stores.documents import Range
from sessions.stores.paging import everything, newest_page
from sessions.stores.sqlite import SqliteDocuments
from tests.contracts.samples import JOBS, START, Job, after

SEOUL = timezone(timedelta(hours=9))
_QUEUE = {"queue": "q"}


@given(st.timedeltas(timedelta(days=-9), timedelta(days=9)), st.text("s_09azv-", min_size=1))
def test_a_cursor_says_where_to_go_on(ago: timedelta, document_id: str) -> None:
    cursor = Cursor(at=START - ago, id=document_id)
    assert read_cursor(cursor.text()) == cursor
    assert read_before(f"{cursor.text()}s_") == Cursor(at=cursor.at, id=f"{document_id}s_")


@given(st.datetimes(timezones=st.sampled_from([SEOUL])))
def test_a_time_is_a_cursor_before_all_of_it(at: datetime) -> None:
    assert read_before(at.isoformat()) == Cursor(at=at)


@given(st.text(max_size=40) | st.text("0123456789abcdef-TZ:+_s", max_size=40))
def test_what_is_no_cursor_is_refused_or_read(text: str) -> None:
    for read in (read_cursor, read_before):
        try:
            assert isinstance(read(text), Cursor)
        except BadRequest:
            continue


@pytest.mark.parametrize(
    "text", ["x", "-s_1", "5-", "zz-s_1", "-5-s_1", f"{'f' * 17}-s_1", "2026-01-01T00:00:00"]
)
def test_cursors_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        read_before(text)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 3), max_size=14),
    st.integers(1, 5),
    st.integers(1, 4),
    st.integers(0, 4),
)
async def test_pages_hold_each_document_once_though_all_are_of_one_time(
    seconds: list[int], limit: int, page: int, since: int
) -> None:
    jobs = [
        Job(id=f"{number:02}", queue="q", due_at=after(second))
        for number, second in enumerate(seconds)
    ]
    with TemporaryDirectory() as directory:
        documents = SqliteDocuments(Path(directory) / "ion.sqlite", [JOBS])
        await documents.open()
        for job in jobs:
            await documents.insert(JOBS, job)
        pages = await _pages(documents, limit)
        lasting = [
            job
            async for job in everything(
                documents, JOBS, "due", _QUEUE, within=Range(gte=after(since)), page=page
            )
        ]
        await documents.aclose()

    ordered = sorted(jobs, key=lambda job: (job.due_at, job.id))
    assert [job for each in pages for job in each] == ordered[::-1]
    assert {len(each) for each in pages[:-1]} <= {limit}
    assert lasting == [job for job in ordered if job.due_at and job.due_at >= after(since)]


async def _pages(documents: SqliteDocuments, limit: int) -> list[list[Job]]:
    pages: list[list[Job]] = []
    end: Cursor | None = None
    while not pages or end is not None:
        before = read_before(end.text()) if end else None
        found, end = await newest_page(documents, JOBS, "due", _QUEUE, before=before, limit=limit)
        pages.append(found)
    return pages
