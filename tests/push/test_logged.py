"""The sender for development."""

from structlog.testing import capture_logs

from push.logged import LoggedSender
from push.outcomes import Accepted
from push.requests import send
from tests.push.messages import a_device, a_message


async def test_c7_the_log_has_neither_the_address_nor_the_words_of_a_notification() -> None:
    sender = LoggedSender()
    with capture_logs() as lines:
        outcome = await send(
            sender, a_device("the-secret-address"), a_message(title="a title", body="some words")
        )
        await sender.aclose()
    assert outcome == Accepted(message_id="logged:n_1")
    assert lines == [
        {
            "event": "notification",
            "log_level": "info",
            "kind": "reply_ready",
            "clear": False,
            "device": "d1",
            "notification": "n_1",
        }
    ]
