"""What happened to an account is told once, in the language of each device that is left."""

from datetime import timedelta

import pytest

from app.pushing.news import AccountNews
from app.pushing.presence import Presence
from app.pushing.reach import PushReach
from push.documents import OUTBOX
from sessions.reach import Nobody
from sessions.stores.sqlite import SqliteDocuments
from sessions.tasks import Tasks
from tests.app.pushing.desk import talk
from tests.clocks import FakeClock
from tests.push.phones import Office

TASKS = Tasks(lambda name, error: None)


def news(office: Office, documents: SqliteDocuments) -> AccountNews:
    presence: Presence = None  # type: ignore[assignment]
    reach = PushReach(
        documents=documents,
        settings=office.settings,
        presence=presence,
        outbox=office.outbox,
        tasks=TASKS,
    )
    return AccountNews(outbox=office.outbox, reach=reach)


@pytest.fixture
def office(documents: SqliteDocuments, clock: FakeClock) -> Office:
    return Office(documents, clock, conversations=talk(documents, clock))


async def test_g1_g8_each_device_is_told_once_in_its_language_and_words_that_name_nobody(
    office: Office, documents: SqliteDocuments
) -> None:
    await office.phone(1, locale="en-GB", preview=False)
    await office.phone(2, locale="ko-KR", preview=True)
    for _ in range(3):
        await news(office, documents).merged("u1", "mg_1")
    await office.work()
    await news(office, documents).login_ended("u1", "f_1")
    await office.work()

    told = [(each.message.title, each.message.body) for each in office.phones.requests]
    assert sorted(told) == [
        (
            "Your account",
            "For your safety a login was ended: its key was used twice, maybe by somebody else",
        ),
        ("Your account", "What you said before you signed in is in your account now"),
        ("내 계정", "로그인하기 전에 나눈 이야기가 이제 내 계정에 있어요"),
        (
            "내 계정",
            "안전을 위해 로그인 하나를 끝냈어요. 키가 두 번 쓰였는데 다른 사람일 수도 있어요",
        ),
    ]
    assert {each.message.kind for each in office.phones.requests} == {"account"}


async def test_g5_news_of_an_account_waits_for_the_morning_and_is_of_use_for_a_week(
    office: Office, documents: SqliteDocuments, clock: FakeClock
) -> None:
    await office.phone()
    await office.settings.update("u1", quiet_from=8 * 60, quiet_to=10 * 60)
    await news(office, documents).merged("u1", "mg_1")
    await office.work()
    at_night = len(office.phones.requests)
    clock.advance(3_600)
    await office.work()

    assert at_night == 0
    [request] = office.phones.requests
    assert request.message.ttl == timedelta(days=7)


async def test_who_has_no_device_is_told_nothing(
    office: Office, documents: SqliteDocuments
) -> None:
    await news(office, documents).merged("u1", "mg_1")
    await AccountNews(outbox=office.outbox, reach=Nobody()).login_ended("u1", "f_1")

    assert await documents.find(OUTBOX, "by_user", {"user_id": "u1"}) == []
