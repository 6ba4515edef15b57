"""What a push service's answer means for the message, the subscription, and all others there."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from push.outcomes import Accepted, Configuration, Outcome, Permanent, Temporary
from push.retries import retry_after

__all__ = ["Answer", "Asked", "outcome_of"]

_MOST_ID_CHARS = 128
# a subscription that was made with another key than ours: Apple, FCM
_OTHERS_KEY = re.compile(
    r"VapidPkHashMismatch|do not correspond to the credentials used to create", re.IGNORECASE
)
# of a 400, that the signature is at fault: BadJwtToken, UnauthorizedRegistration and the like
_SIGNATURE = re.compile(r"jwt|vapid|authori[sz]", re.IGNORECASE)


# what a service calls the mistake, and nothing longer: it may repeat what it was sent
_NAMED = re.compile(r'"(?:reason|errno)": ?"?([A-Za-z0-9]{1,32})\b')


class Asked(Struct, frozen=True, kw_only=True):
    """Of a request what its answer is judged by.

    `merges` when it had a Topic, which FCM counts by device (B5). `is_known` when the service took
    our very signature a short while ago, for another message: then that is not at fault.
    """

    host: str
    device_id: str
    merges: bool = False
    is_known: bool = False


class Answer(Struct, frozen=True, kw_only=True):
    """A push service's response; the names of `headers` in small letters, `text` cut short."""

    status: int
    headers: Mapping[str, str]
    text: str = ""


def outcome_of(answer: Answer, asked: Asked, now: datetime) -> Outcome:
    """Return what an answer comes to (F4 to F8)."""
    match answer.status:
        case status if 200 <= status < 300:
            return Accepted(message_id=_message_id(answer.headers))
        case 404 | 410 as status:
            return Permanent(reason=f"gone_{status}", address="gone")
        case 413:
            return Permanent(reason="too_big")
        case 400 | 401 | 403:
            return _refused(answer, asked)
        case 429:
            return _too_many(answer, asked, now)
        case 408 | 425:
            return Temporary(reason=f"status_{answer.status}")
        case status if 400 <= status < 500:
            return Permanent(reason=f"refused_{status}")
        case status:
            return Temporary(reason=f"status_{status}", retry_after=_wait(answer, now))


def _refused(answer: Answer, asked: Asked) -> Outcome:
    """Tell our signature from a subscription that was made with another key.

    Anybody can register the latter, and it must not stop what goes to all others.
    """
    named = _NAMED.search(answer.text)
    reason = f"refused_{answer.status}" + (f":{named[1]}" if named else "")
    if _OTHERS_KEY.search(answer.text):
        return Permanent(reason="other_vapid_key", address="wrong")
    if answer.status == 400 and not _SIGNATURE.search(answer.text):
        return Permanent(reason=reason)
    if asked.is_known:
        return Temporary(reason=reason)
    return Configuration(reason=reason, scope="host", lane=asked.host)


def _too_many(answer: Answer, asked: Asked, now: datetime) -> Temporary:
    wait = _wait(answer, now)
    if asked.merges:
        return Temporary(
            reason="quota", retry_after=wait, quota=True, scope="device", lane=asked.device_id
        )
    return Temporary(reason="quota", retry_after=wait, quota=True, scope="host", lane=asked.host)


def _wait(answer: Answer, now: datetime) -> timedelta | None:
    header = answer.headers.get("retry-after")
    return retry_after(header, now) if header else None


def _message_id(headers: Mapping[str, str]) -> str:
    """Return what the service calls the message: the end of its address, or Apple's id."""
    name = headers.get("location", "").rstrip("/").rpartition("/")[2] or headers.get("apns-id", "")
    return name[:_MOST_ID_CHARS]
