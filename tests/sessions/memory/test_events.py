"""One event under two names is one, and two of a kind are two."""

import pytest

from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.memory.keeping import Home


@pytest.mark.parametrize(
    ("said", "held"),
    [
        (
            ["I have a statistics exam on Thursday.", "My exam is on Friday now."],
            ["My exam is on Friday now (2026-11-27)"],
        ),
        (["통계 시험이 목요일이야", "시험 이제 금요일이야"], ["시험 이제 금요일이야 (2026-11-27)"]),
        (
            ["우리 시험이 목요일이야", "시험이 금요일로 바뀌었어"],
            ["시험이 금요일로 바뀌었어 (2026-11-27)"],
        ),
        (
            ["I have an exam on Thursday.", "Sorry, I have an exam on Friday."],
            ["Sorry, I have an exam on Friday (2026-11-27)"],
        ),
        (
            ["I have an exam on Thursday.", "My exam is also on Friday."],
            ["My exam is also on Friday (2026-11-27)"],
        ),
    ],
)
async def test_a_known_event_is_moved_also_without_its_name(
    documents: SqliteDocuments, said: list[str], held: list[str]
) -> None:
    home = Home(documents)
    session = await home.open()
    for text in said:
        kept = await home.tell(session, text)

    assert kept == held


@pytest.mark.parametrize(
    "said",
    [
        ["I have an exam on Thursday.", "I have another exam on Friday."],
        ["I have an exam on Thursday.", "I also have an exam on Friday."],
        ["I have a meeting on Thursday.", "I have a meeting on Friday."],
        ["My first exam is on Thursday.", "My second exam is on Friday."],
        ["I have a math exam on Thursday.", "I have another math exam on Friday."],
        ["I have a math exam on Wednesday.", "My art exam is on Thursday.", "My exam is on Friday"],
        ["I have an exam on Thursday.", "My other exam is on Friday now."],
        ["I have an exam on Thursday.", "My English exam is on Friday now."],
        ["I have an exam on Thursday.", "Oh no, now I have another exam on Friday."],
        ["My flight is on Thursday.", "My return flight is on Friday now."],
        ["시험이 목요일이야", "영어 시험은 이제 금요일이야"],
        ["시험이 목요일이야", "사실 영어 시험도 금요일에 있어"],
        ["수학 시험이 목요일이야", "사실 금요일에 시험 하나 더 있어"],
        ["시험이 목요일이야", "또 시험이 금요일에 있어"],
        ["시험이 목요일이야", "금요일에 시험이 하나 더 있어"],
    ],
)
async def test_one_more_of_a_kind_leaves_the_others_where_they_are(
    documents: SqliteDocuments, said: list[str]
) -> None:
    home = Home(documents)
    session = await home.open()
    for text in said:
        kept = await home.tell(session, text)

    assert len(kept) == len(said)


async def test_more_about_a_day_that_is_known_leaves_the_other_day(
    documents: SqliteDocuments,
) -> None:
    home = Home(documents)
    session = await home.open()
    await home.tell(session, "I have an exam on Thursday.")
    await home.tell(session, "I have another exam on Friday.")
    kept = await home.tell(session, "My exam on Friday starts at nine in room 204.")

    assert [each[-11:] for each in kept if "Thursday" in each] == ["2026-11-26)"]


async def test_who_can_t_wait_corrects_nothing(documents: SqliteDocuments) -> None:
    home = Home(documents)
    session = await home.open()
    await home.tell(session, "I have a math exam on Thursday.")
    kept = await home.tell(session, "I can't wait for the exam on Friday to be over.")

    assert any("Thursday" in each for each in kept)
