"""Who carries notifications, by the settings."""

import json
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.pushing.screens import Screens
from app.pushing.senders import Senders, check_address, open_senders
from app.settings import Settings, SettingsError, read_settings
from push.logged import LoggedSender
from push.paced import PacedSender
from push.webpush.keys import VapidKey
from sessions.errors import BadRequest
from sessions.tasks import Tasks
from tests.clocks import FakeClock
from tests.push.fcm.accounts import account

SUBJECT = "mailto:push@ion.example.org"
PRODUCTION = {
    "ION_ENV": "production",
    "ION_REDIS_URL": "redis://redis",
    "ION_MONGODB_URI": "mongodb://mongo",
    "ION_SECRET_KEY": "s" * 32,
}


async def _opened(**environ: str) -> Senders:
    async with AsyncExitStack() as stack:
        return await open_senders(
            _settings(**environ), stack, clock=FakeClock(), tasks=Tasks(lambda *_: None)
        )


def _settings(**environ: str) -> Settings:
    return read_settings(environ)


async def test_without_credentials_phones_are_simulated_and_the_log_stands_for_browsers(
    tmp_path: Path,
) -> None:
    senders = await _opened(ION_DATA_DIR=str(tmp_path))
    assert senders.screens is not None
    assert senders.by_kind["fcm_token"] is senders.by_kind["fcm_fid"] is senders.screens
    assert isinstance(senders.by_kind["webpush"], LoggedSender)
    assert senders.web_push_key == ""
    assert list(tmp_path.iterdir()) == []


async def test_who_wants_no_push_has_nobody_carry_it(tmp_path: Path) -> None:
    environ = {"ION_DATA_DIR": str(tmp_path), "ION_VAPID_SUBJECT": SUBJECT, "ION_PUSH": "off"}
    senders = await _opened(**environ)
    assert (senders.by_kind, senders.web_push_key) == ({}, "")


async def test_who_says_who_they_are_sends_to_browsers_with_a_key_that_is_kept(
    tmp_path: Path,
) -> None:
    environ = {"ION_DATA_DIR": str(tmp_path), "ION_VAPID_SUBJECT": SUBJECT}
    first, second = await _opened(**environ), await _opened(**environ)
    assert isinstance(first.by_kind["webpush"], PacedSender)
    assert isinstance(first.by_kind["fcm_token"], Screens)
    assert first.web_push_key == second.web_push_key != ""


async def test_f13_pages_subscribe_with_the_first_key_that_is_set(tmp_path: Path) -> None:
    new, old = VapidKey.made(), VapidKey.made()
    senders = await _opened(
        **PRODUCTION,
        ION_DATA_DIR=str(tmp_path),
        ION_VAPID_SUBJECT=SUBJECT,
        ION_VAPID_PRIVATE_KEY=f"{new.private},{old.private}",
    )
    assert senders.web_push_key == new.public
    assert list(senders.by_kind) == ["webpush"]
    assert list(tmp_path.iterdir()) == []


async def test_production_has_no_key_that_other_processes_do_not_have(tmp_path: Path) -> None:
    environ = PRODUCTION | {"ION_DATA_DIR": str(tmp_path)}
    with pytest.raises(SettingsError, match="ION_VAPID_PRIVATE_KEY"):
        await _opened(**environ, ION_VAPID_SUBJECT=SUBJECT)
    senders = await _opened(**environ)
    assert (senders.by_kind, senders.web_push_key) == ({}, "")
    assert list(tmp_path.iterdir()) == []


async def test_phones_are_reached_with_the_service_account_that_is_set(tmp_path: Path) -> None:
    key = account("http://127.0.0.1/token")
    (tmp_path / "account.json").write_text(json.dumps(key))
    for given in (json.dumps(key), str(tmp_path / "account.json")):
        senders = await _opened(ION_DATA_DIR=str(tmp_path), ION_FIREBASE_CREDENTIALS=given)
        assert isinstance(senders.by_kind["fcm_token"], PacedSender)
        assert senders.by_kind["fcm_fid"] is senders.by_kind["fcm_token"]
        assert isinstance(senders.by_kind["webpush"], LoggedSender)
        assert senders.screens is None
    with pytest.raises(SettingsError, match="ION_FIREBASE_CREDENTIALS"):
        await _opened(ION_DATA_DIR=str(tmp_path), ION_FIREBASE_CREDENTIALS="/nowhere.json")


async def test_the_log_is_asked_for_by_name(tmp_path: Path) -> None:
    senders = await _opened(ION_DATA_DIR=str(tmp_path), ION_VAPID_SUBJECT=SUBJECT, ION_PUSH="log")
    assert {type(sender) for sender in senders.by_kind.values()} == {LoggedSender}


@pytest.mark.parametrize(
    "environ",
    [
        {"ION_PUSH": "log"},
        {"ION_PUSH_WORKER": "apart", "ION_MONGODB_URI": "mongodb://db"},
        {"ION_WORKERS": "2"},
        PRODUCTION,
    ],
)
async def test_words_are_kept_for_simulated_phones_in_development_in_one_process_alone(
    environ: dict[str, str], tmp_path: Path
) -> None:
    senders = await _opened(**environ, ION_DATA_DIR=str(tmp_path))
    assert senders.screens is None
    assert not any(isinstance(each, Screens) for each in senders.by_kind.values())


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"ION_VAPID_SUBJECT": "mailto:push@localhost"}, "ION_VAPID_SUBJECT"),
        (
            {"ION_VAPID_SUBJECT": SUBJECT, "ION_VAPID_PRIVATE_KEY": "a-secret"},
            "ION_VAPID_PRIVATE_KEY",
        ),
    ],
)
async def test_what_makes_no_sense_is_named_and_not_repeated(
    environ: dict[str, str], named: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=named) as caught:
        await _opened(**environ, ION_DATA_DIR=str(tmp_path))
    assert "a-secret" not in str(caught.value)


def test_f11_a_browsers_address_must_be_at_a_push_service_that_is_known() -> None:
    check_address("fcm_token", "anything")
    with pytest.raises(BadRequest):
        check_address("webpush", "anything")
