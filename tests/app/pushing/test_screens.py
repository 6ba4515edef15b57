"""What simulated phones show, and to whom."""

from msgspec import structs

from app.pushing.screens import Screens
from push.logged import LoggedSender
from push.requests import send
from tests.clocks import FakeClock
from tests.push.messages import a_device, a_message

PHONE = a_device("a token", kind="fcm_token", platform="android")


def titles(screens: Screens) -> list[str]:
    return [card.title for card in screens.of(PHONE).cards]


async def test_a_tag_replaces_a_clear_removes_and_the_badge_is_absolute() -> None:
    screens = Screens(LoggedSender(), FakeClock())
    await send(screens, PHONE, a_message(title="first", number=1, badge=1))
    await send(screens, PHONE, a_message(title="else", tag="s_2", thread="s_2", badge=2))
    await send(screens, PHONE, a_message(title="second", number=2, badge=3))
    assert (titles(screens), screens.of(PHONE).badge) == (["second", "else"], 3)
    await send(screens, PHONE, a_message(number=3, badge=1, clear=True))
    assert (titles(screens), screens.of(PHONE).badge) == (["else"], 1)


async def test_d5_what_comes_late_is_dropped() -> None:
    screens = Screens(LoggedSender(), FakeClock())
    await send(screens, PHONE, a_message(number=3, clear=True))
    await send(screens, PHONE, a_message(title="late", number=2))
    assert titles(screens) == []


async def test_who_gets_a_device_does_not_see_what_was_shown_to_another() -> None:
    screens = Screens(LoggedSender(), FakeClock())
    await send(screens, PHONE, a_message())
    assert screens.of(structs.replace(PHONE, user_id="u_2")).cards == ()
    assert len(screens.of(PHONE).cards) == 1


async def test_a_card_is_swiped_away_and_memory_is_bounded() -> None:
    screens = Screens(LoggedSender(), FakeClock())
    for number in range(40):
        await send(screens, PHONE, a_message(title=f"{number}", tag=f"s_{number}"))
    screens.of(PHONE).dismiss("s_39")
    assert titles(screens)[0] == "38"
    assert len(titles(screens)) < 40
    for number in range(300):
        screens.of(structs.replace(PHONE, id=f"d_{number}"))
    assert titles(screens) == []
