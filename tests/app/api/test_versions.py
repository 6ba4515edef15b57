"""Which version an address belongs to, and what is counted of its answers."""

import pytest

from app.api.tally import Tally
from app.api.versions import version_of
from tests.clocks import FakeClock


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/api/v2.1/sessions", "2.1"),
        ("/api/v2/process", "2"),
        ("/chat", "1"),
        ("/chat/end", "1"),
        ("/summaries/x", "1"),
        ("/chatter", ""),
        ("/", ""),
        ("/openai/v1/models", ""),
        ("/static/main.js", ""),
    ],
)
def test_a_path_belongs_to_one_version(path: str, version: str) -> None:
    assert version_of(path) == version


def test_the_tally_tells_the_share_of_answers_that_failed_and_the_time() -> None:
    clock = FakeClock()
    tally = Tally(clock.monotonic)
    assert tally.error_rate == 0

    for status in (200, 404, 500, 503):
        tally.count(status)
    clock.advance(1.5)

    assert (tally.error_rate, tally.uptime_ms) == (0.5, 1500)
