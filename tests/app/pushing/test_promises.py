"""What was promised for the day of an event is planned for the day that the event has now."""

import pytest

from app.pushing.promises import Promises
from push.checkins import CheckIns
from push.devices import Devices
from push.settings import NotificationSettings
from sessions.archive import Opening, SessionDocument
from sessions.stores.sqlite import SqliteDocuments
from tests.app.pushing.desk import mentors, openings
from tests.app.pushing.test_plans import plans, told
from tests.app.pushing.test_reminders import HOUR, reminders
from tests.sessions.memory.keeping import Home

EXAM = ("My exam is on Thursday.", "And I'll ask you on Thursday how it went with your exam.")
EXAM_KO = ("시험이 목요일이야", "그리고 목요일에 시험 어떻게 됐는지 여쭤볼게요.")


class Talk:
    """A user in Seoul who agreed to all that mentors may write, on Monday evening."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self.documents = documents
        self.home = Home(documents)
        self.clock = self.home.clock
        self.check_ins = CheckIns(documents=documents, clock=self.clock)
        self.settings = NotificationSettings(documents=documents, clock=self.clock)

    async def begin(self) -> SessionDocument:
        """Have the user agree, and open a session."""
        await self.settings.update("u_1", check_ins=True, reminders=True)
        return await self.home.open(timezone="Asia/Seoul")

    async def planned(self) -> list[tuple[str, str, str]]:
        """Return what is planned."""
        return told(await plans(self.documents, self.clock).of_user("u_1"))

    async def live(self, hours: int) -> list[Opening]:
        """Live for some hours as the product does; return what mentors wrote of themselves."""
        promises = Promises(
            documents=self.documents,
            check_ins=self.check_ins,
            settings=self.settings,
            devices=Devices(documents=self.documents, clock=self.clock),
            clock=self.clock,
        )
        for _ in range(hours):
            await promises.run_once()
            await reminders(self.documents, self.clock).run_once()
            await mentors(self.documents, self.clock).run_once()
            self.clock.advance(HOUR)
        return await openings(self.documents)


@pytest.mark.parametrize("hours", [0, 56], ids=["planned", "made"])
@pytest.mark.parametrize(
    ("first", "then", "deadline", "promise"),
    [
        (
            EXAM,
            "My exam is on Friday now",
            "My exam is on Friday now (Friday, November 27)",
            "I'll ask you on Friday how it went with your exam (Friday, November 27)",
        ),
        (
            EXAM,
            "My exam was moved from Thursday to Friday",
            "My exam was moved to Friday (Friday, November 27)",
            "I'll ask you on Friday how it went with your exam (Friday, November 27)",
        ),
        (
            EXAM,
            "actually it moved to friday",
            "My exam is on Friday (Friday, November 27)",
            "I'll ask you on Friday how it went with your exam (Friday, November 27)",
        ),
        (
            EXAM_KO,
            "시험이 금요일이야 이제",
            "시험이 금요일이야 이제 (11월 27일 금요일)",
            "금요일에 시험 어떻게 됐는지 여쭤볼게요 (11월 27일 금요일)",
        ),
        (
            EXAM_KO,
            "시험이 목요일에서 금요일로 바뀌었어",
            "시험이 금요일로 바뀌었어 (11월 27일 금요일)",
            "금요일에 시험 어떻게 됐는지 여쭤볼게요 (11월 27일 금요일)",
        ),
    ],
)
async def test_what_was_told_for_thursday_and_moved_to_friday_is_planned_for_friday_only(
    documents: SqliteDocuments,
    hours: int,
    first: tuple[str, str],
    then: str,
    deadline: str,
    promise: str,
) -> None:
    talk = Talk(documents)
    session = await talk.begin()
    await talk.home.tell(session, *first)
    before = await talk.planned()
    # until Thursday's check-in was made, and nothing of Friday is late
    await talk.live(hours)
    await talk.home.tell(session, then)

    assert [each[:2] for each in before] == [("reminder", "Wed 18"), ("check_in", "Thu 18")]
    assert await talk.planned() == [
        ("reminder", "Thu 18", deadline),
        ("check_in", "Fri 18", promise),
    ]
    kinds = [each.kind for each in await talk.live(120)]
    assert kinds[-2:] == ["reminder", "check_in"]
    assert kinds.count("check_in") == 1


@pytest.mark.parametrize("hours", [0, 56], ids=["planned", "made"])
@pytest.mark.parametrize(
    ("first", "then"),
    [
        (EXAM, "I don't have an exam anymore, it was cancelled"),
        (EXAM, "The exam is cancelled"),
        (EXAM, "It was called off."),
        (EXAM_KO, "시험 취소됐어"),
    ],
)
async def test_of_what_was_told_and_is_off_nothing_is_planned(
    documents: SqliteDocuments, hours: int, first: tuple[str, str], then: str
) -> None:
    talk = Talk(documents)
    session = await talk.begin()
    await talk.home.tell(session, *first)
    written = await talk.live(hours)
    held = await talk.home.tell(session, then)

    assert held == []
    assert await talk.planned() == []
    assert await talk.live(120) == written


async def test_the_evening_of_a_promise_that_moved_is_free_for_another(
    documents: SqliteDocuments,
) -> None:
    talk = Talk(documents)
    session = await talk.begin()
    await talk.home.tell(session, *EXAM)
    await talk.live(56)
    await talk.home.tell(session, "My exam is on Friday now")
    await talk.home.tell(
        session,
        "My interview is on Thursday.",
        "I'll ask you on Thursday how it went with your interview.",
    )

    planned = [each for each in await talk.planned() if each[0] == "check_in"]
    assert [each[1] for each in planned] == ["Thu 18", "Fri 18"]
    assert "interview" in planned[0][2]
    texts = [each.text for each in await talk.live(120) if each.kind == "check_in"]
    assert ["interview" in each for each in texts] == [True, False]


async def test_what_is_moved_and_moved_back_is_asked_once_on_its_day(
    documents: SqliteDocuments,
) -> None:
    talk = Talk(documents)
    session = await talk.begin()
    await talk.home.tell(session, *EXAM)
    first = await talk.planned()
    await talk.home.tell(session, "My exam is on Friday now")
    await talk.home.tell(session, "They moved it back to Thursday.")
    again = await talk.planned()
    written = await talk.live(120)

    assert [each[:2] for each in first] == [("reminder", "Wed 18"), ("check_in", "Thu 18")]
    assert [each[:2] for each in again] == [each[:2] for each in first]
    # the promise says what it said to begin with
    assert again[1] == first[1]
    assert [each.kind for each in written] == ["reminder", "check_in"]
