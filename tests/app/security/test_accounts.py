"""Anonymous users and rotating refresh tokens."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.security.accounts import Accounts
from app.security.tokens import Tokens
from app.sites.sites import Sites
from sessions.archive import COLLECTIONS, REFRESH_TOKENS
from sessions.erasure.ended import Ended
from sessions.errors import AccountMerged, StoreUnavailable, Unauthenticated
from sessions.merging.documents import MERGES, MergeDocument, merge_id
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock


@pytest.fixture
async def documents(tmp_path: Path) -> AsyncIterator[SqliteDocuments]:
    store = SqliteDocuments(tmp_path / "ion.sqlite", COLLECTIONS)
    await store.open()
    yield store
    await store.aclose()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


class Told:
    """Passes the contract of app.security.accounts.LoginNews."""

    def __init__(self) -> None:
        self.logins: set[tuple[str, str]] = set()
        self.away = False

    async def login_ended(self, user_id: str, family: str) -> None:
        if self.away:
            raise StoreUnavailable
        self.logins.add((user_id, family))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def accounts(documents: SqliteDocuments, clock: FakeClock, told: Told) -> Accounts:
    ended = Ended(documents=documents, names=Pseudonyms("s" * 48), clock=clock)
    tokens = Tokens("s" * 48, clock=clock)
    sites = Sites(documents=documents, clock=clock)
    return Accounts(
        documents=documents, tokens=tokens, clock=clock, ended=ended, sites=sites, news=told
    )


async def test_every_anonymous_user_is_another(accounts: Accounts) -> None:
    one, two = await accounts.anonymous(), await accounts.anonymous()

    assert one.user_id != two.user_id
    assert accounts.access(one.access_token).user_id == one.user_id


@pytest.mark.parametrize("step", ["replace", "insert"])
async def test_a_login_that_ends_while_it_is_refreshed_has_ended(
    accounts: Accounts,
    documents: SqliteDocuments,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    pair = await accounts.anonymous()
    write = getattr(documents, step)

    async def crossed(*what: Any) -> Any:
        monkeypatch.setattr(documents, step, write)
        await accounts.logout(pair.refresh_token)
        return await write(*what)

    monkeypatch.setattr(documents, step, crossed)
    with pytest.raises(Unauthenticated):
        await accounts.refresh(pair.refresh_token)

    by_user = {"user_id": pair.user_id}
    assert await documents.find(REFRESH_TOKENS, "by_user", by_user) == []


async def test_a_refresh_token_keeps_the_user(accounts: Accounts, clock: FakeClock) -> None:
    pair = await accounts.anonymous()
    for _ in range(3):
        clock.advance(86_400)
        newer = await accounts.refresh(pair.refresh_token)
        assert newer.user_id == pair.user_id
        assert newer.refresh_token != pair.refresh_token
        pair = newer


async def test_a_used_token_works_for_a_minute_more_for_an_answer_that_got_lost(
    accounts: Accounts, clock: FakeClock
) -> None:
    pair = await accounts.anonymous()
    await accounts.refresh(pair.refresh_token)
    clock.advance(60)

    again = await accounts.refresh(pair.refresh_token)

    assert again.user_id == pair.user_id


async def test_who_never_got_the_new_token_is_not_shut_out_however_late_they_come(
    accounts: Accounts, clock: FakeClock, told: Told
) -> None:
    pair = await accounts.anonymous()
    for _ in range(3):  # the answers are lost in a tunnel, and the app is closed
        await accounts.refresh(pair.refresh_token)
        clock.advance(86_400)
    one, other = [await accounts.refresh(pair.refresh_token) for _ in range(2)]

    assert (one.user_id, other.user_id) == (pair.user_id, pair.user_id)
    assert (await accounts.refresh(one.refresh_token)).user_id == pair.user_id
    clock.advance(3_600)
    assert (await accounts.refresh(other.refresh_token)).user_id == pair.user_id
    assert told.logins == set()


async def test_a_new_token_that_was_given_up_shows_a_theft(
    accounts: Accounts, clock: FakeClock, told: Told
) -> None:
    pair = await accounts.anonymous()
    mine = await accounts.refresh(pair.refresh_token)
    clock.advance(61)
    theirs = await accounts.refresh(pair.refresh_token)

    for token in (mine.refresh_token, theirs.refresh_token, pair.refresh_token):
        with pytest.raises(Unauthenticated):
            await accounts.refresh(token)
    assert len(told.logins) == 1


async def test_a_new_token_that_is_given_up_while_it_is_used_shows_a_theft(
    accounts: Accounts,
    clock: FakeClock,
    documents: SqliteDocuments,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = await accounts.anonymous()
    mine = await accounts.refresh(pair.refresh_token)
    clock.advance(61)
    replace = documents.replace

    async def crossed(collection: Any, document: Any) -> Any:
        monkeypatch.setattr(documents, "replace", replace)
        await accounts.refresh(pair.refresh_token)
        return await replace(collection, document)

    monkeypatch.setattr(documents, "replace", crossed)
    with pytest.raises(Unauthenticated):
        await accounts.refresh(mine.refresh_token)
    assert len(told.logins) == 1


async def test_of_two_lines_the_one_whose_answer_got_lost_goes_on_beside_the_other(
    accounts: Accounts, clock: FakeClock, told: Told
) -> None:
    pair = await accounts.anonymous()
    clock.advance(900)
    one, other = [await accounts.refresh(pair.refresh_token) for _ in range(2)]
    clock.advance(900)
    await accounts.refresh(one.refresh_token)
    await accounts.refresh((await accounts.refresh(other.refresh_token)).refresh_token)
    clock.advance(86_400)

    assert (await accounts.refresh(one.refresh_token)).user_id == pair.user_id
    assert told.logins == set()


async def test_a_new_token_that_is_used_while_it_is_given_up_shows_a_theft(
    accounts: Accounts,
    clock: FakeClock,
    documents: SqliteDocuments,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = await accounts.anonymous()
    mine = await accounts.refresh(pair.refresh_token)
    clock.advance(61)
    replace = documents.replace

    async def crossed(collection: Any, document: Any) -> Any:
        monkeypatch.setattr(documents, "replace", replace)
        await accounts.refresh(mine.refresh_token)
        return await replace(collection, document)

    monkeypatch.setattr(documents, "replace", crossed)
    with pytest.raises(Unauthenticated):
        await accounts.refresh(pair.refresh_token)


async def test_a_token_used_again_later_ends_its_whole_family_and_its_user_is_told(
    accounts: Accounts, clock: FakeClock, told: Told
) -> None:
    stolen = await accounts.anonymous()
    newer = await accounts.refresh(stolen.refresh_token)
    clock.advance(59)
    await accounts.refresh(stolen.refresh_token)
    newest = await accounts.refresh(newer.refresh_token)
    assert told.logins == set()
    clock.advance(2)

    for token in (stolen.refresh_token, newer.refresh_token, newest.refresh_token):
        with pytest.raises(Unauthenticated):
            await accounts.refresh(token)
    [(user_id, family)] = told.logins
    assert (user_id, family[:2]) == (stolen.user_id, "f_")


async def test_a_family_ends_also_when_its_user_can_t_be_told(
    accounts: Accounts, clock: FakeClock, told: Told
) -> None:
    stolen = await accounts.anonymous()
    newer = await accounts.refresh(stolen.refresh_token)
    newer = await accounts.refresh(newer.refresh_token)
    clock.advance(61)
    told.away = True

    with pytest.raises(StoreUnavailable):
        await accounts.refresh(stolen.refresh_token)
    with pytest.raises(Unauthenticated):
        await accounts.refresh(newer.refresh_token)


async def test_two_refreshes_at_once_both_succeed(accounts: Accounts) -> None:
    pair = await accounts.anonymous()

    both = await asyncio.gather(*(accounts.refresh(pair.refresh_token) for _ in range(2)))

    assert {each.user_id for each in both} == {pair.user_id}


async def test_unknown_and_old_tokens_are_refused(accounts: Accounts, clock: FakeClock) -> None:
    pair = await accounts.anonymous()
    clock.advance(180 * 86_400)

    for token in (pair.refresh_token, "made up", ""):
        with pytest.raises(Unauthenticated):
            await accounts.refresh(token)


async def test_no_refresh_token_is_stored_in_clear(
    accounts: Accounts, documents: SqliteDocuments, tmp_path: Path
) -> None:
    pair = await accounts.anonymous()

    assert await documents.get(REFRESH_TOKENS, pair.refresh_token) is None
    files = b"".join(each.read_bytes() for each in tmp_path.glob("ion.sqlite*"))
    assert pair.refresh_token.encode() not in files
    assert pair.user_id.encode() in files


async def test_a_logout_ends_the_family_and_no_other(accounts: Accounts) -> None:
    first = await accounts.anonymous()
    other = await accounts.anonymous()
    second = await accounts.refresh(first.refresh_token)
    owner = await accounts.owner(second.refresh_token)
    for _ in range(2):
        await accounts.logout(second.refresh_token)

    assert owner == first.user_id
    assert await accounts.owner(second.refresh_token) is None
    for token in (first.refresh_token, second.refresh_token):
        with pytest.raises(Unauthenticated):
            await accounts.refresh(token)
    assert (await accounts.refresh(other.refresh_token)).user_id == other.user_id


async def merged(documents: SqliteDocuments, clock: FakeClock, visitor: str) -> None:
    """Note that a visitor turned out to be somebody."""
    now, subject = clock.now(), Pseudonyms("s" * 48).user(visitor)
    merge = MergeDocument(
        id=merge_id(subject),
        visitor=visitor,
        user_id="u_me",
        subject=subject,
        site="https://issuer.example",
        origin="",
        asked_at=now,
        next_at=now,
        expires_at=now + timedelta(days=366),
    )
    await documents.insert(MERGES, merge)


@pytest.mark.parametrize("days", [0, 2, 200])
async def test_a_key_of_an_account_that_was_merged_is_refused_with_a_code_of_its_own(
    accounts: Accounts, documents: SqliteDocuments, clock: FakeClock, days: int
) -> None:
    keys = Tokens("s" * 48, clock=clock, access_s=365 * 86_400)
    old, other = keys.issue("u_old"), keys.issue("u_other")
    assert (await accounts.open(old)).key
    await merged(documents, clock, "u_old")
    clock.advance(days * 86_400 + 3_600)
    if not days:
        await accounts._ended.refresh()

    with pytest.raises(AccountMerged) as refused:
        await accounts.open(old)
    assert (refused.value.code, refused.value.retryable) == ("account_merged", False)
    assert (await accounts.open(other)).user_id == "u_other"
    pair = await accounts.anonymous()
    assert not (await accounts.open(pair.access_token)).key


async def test_a_token_of_an_account_that_was_merged_is_refused_as_any_that_a_client_renews(
    accounts: Accounts, documents: SqliteDocuments, clock: FakeClock
) -> None:
    pair = await accounts.anonymous()
    await merged(documents, clock, pair.user_id)
    await accounts._ended.refresh()

    for asked in (accounts.open(pair.access_token), accounts.refresh(pair.refresh_token)):
        with pytest.raises(Unauthenticated) as refused:
            await asked
        assert refused.value.code == "unauthenticated"
