"""Files that are written anew for several callers at once, also when that fails."""

import asyncio
from typing import Literal

from sessions.erasure.scrubber import Scrubber
from sessions.errors import LogUnavailable
from tests.virtual_time import LoopClock, in_virtual_time


class Files:
    """Files of a store that take 2 s to write, or to fail."""

    def __init__(self) -> None:
        self.away = False
        self.began: list[float] = []

    async def scrub(self) -> Literal["rewritten"]:
        self.began.append(LoopClock().monotonic())
        await asyncio.sleep(2)
        if self.away:
            raise LogUnavailable("away")
        return "rewritten"


@in_virtual_time
async def test_who_shares_a_run_that_fails_is_not_told_of_the_one_before() -> None:
    files = Files()
    scrubber = Scrubber({"log": files}, clock=LoopClock())
    assert await scrubber.scrub() == {"log": "rewritten"}
    files.away = True
    told = await asyncio.gather(*(scrubber.scrub() for _ in range(2)), return_exceptions=True)

    assert len(files.began) == 2
    assert isinstance(told[0], LogUnavailable)
    assert told[1] is None


@in_virtual_time
async def test_files_rest_also_after_a_run_that_failed() -> None:
    files = Files()
    files.away = True
    scrubber = Scrubber({"log": files}, clock=LoopClock())
    await asyncio.gather(scrubber.scrub(), return_exceptions=True)
    files.away = False
    await scrubber.scrub()

    first, second = files.began
    assert second - first >= 2 + 20 * 2
