"""What `ion doctor` says of identity providers."""

import pytest

from app.oidc.checkup import issuers
from app.settings import Settings
from tests.fakes.oidc.provider import FakeProvider, SigningKey


async def test_doctor_counts_keys_and_names_providers_that_are_wrong() -> None:
    async with FakeProvider() as well, FakeProvider() as away, FakeProvider() as ahead:
        well.keys.append(SigningKey("ES256").jwk())
        pairs = tuple(f"{each.url}=the-app" for each in (well, away, ahead))
        found = await issuers(Settings(oidc_issuers=(*pairs[:1], f"{well.url}=the-page")))
        await away.go()
        ahead.ahead_s = 95
        with pytest.raises(RuntimeError) as told:
            await issuers(Settings(oidc_issuers=pairs))
        lines = str(told.value).splitlines()

    assert found == f"{well.url}: keys to sign with: 2, for the-app, the-page"
    assert lines[0] == f"ION_OIDC_ISSUERS={away.url}: it can't be reached (ConnectError)"
    assert lines[1].startswith(f"{ahead.url}: this machine's clock is 9")
    assert lines[1].endswith(" s behind its own")
    assert len(lines) == 2


async def test_doctor_says_when_there_is_none() -> None:
    assert "ION_OIDC_ISSUERS is not set" in await issuers(Settings())
