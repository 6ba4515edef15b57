"""Of several events of a kind, the one that is meant ends."""

import pytest

from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.memory.keeping import Home

ONE, OTHER = "I have an exam on Thursday.", "I have another exam on Friday."
THURSDAY, FRIDAY = "I have an exam on Thursday (2026-11-26)", OTHER[:-1] + " (2026-11-27)"


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ([ONE, OTHER, "The exam is cancelled."], [THURSDAY]),
        ([OTHER, ONE, "The exam is cancelled."], [FRIDAY]),
        ([ONE, OTHER, "It was cancelled."], [THURSDAY]),
        ([ONE, OTHER, "My Thursday exam is cancelled."], [FRIDAY]),
        ([ONE, OTHER, "My Friday exam is cancelled."], [THURSDAY]),
        ([ONE, OTHER, "The exam on Thursday is cancelled."], [FRIDAY]),
        ([ONE, OTHER, "that one is off"], [THURSDAY]),
        ([ONE, OTHER, "It's off"], [THURSDAY]),
        ([ONE, OTHER, "My exams are cancelled."], []),
        ([ONE, "The exam is cancelled."], []),
        (
            ["I have a math exam on Thursday.", "My art exam is on Friday.", "The exam is off."],
            ["I have a math exam on Thursday (2026-11-26)"],
        ),
        (
            ["시험이 목요일이야", "금요일에 시험이 하나 더 있어", "시험 취소됐어"],
            ["시험이 목요일이야 (2026-11-26)"],
        ),
    ],
)
async def test_what_is_off_of_several_is_what_was_told_of_last(
    documents: SqliteDocuments, said: list[str], held: list[str]
) -> None:
    home = Home(documents)
    session = await home.open()
    for text in said:
        kept = await home.tell(session, text)

    assert kept == held
