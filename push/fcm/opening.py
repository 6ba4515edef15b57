"""FCM as the settings name it: a service account, and the project it belongs to."""

import ssl
from pathlib import Path

import msgspec
from firebase_admin import credentials

from push.fcm.channel import Channel
from push.fcm.credential import Bearer
from push.fcm.sender import FcmSender
from sessions.clock import Clock

__all__ = ["BadCredentials", "open_fcm"]


class BadCredentials(ValueError):
    """They are no service account's key; the message holds nothing of them."""


def open_fcm(
    account: str, *, clock: Clock, url: str = "", tls: ssl.SSLContext | None = None
) -> FcmSender:
    """Return a sender for a service account's key: JSON, or the path of its file.

    It asks nobody yet. `url` is another base than Google's. Raises BadCredentials.
    """
    try:
        text = account if account.lstrip().startswith("{") else Path(account).read_text()
        certificate = credentials.Certificate(msgspec.json.decode(text, type=dict))
    except (OSError, ValueError) as error:
        raise BadCredentials(f"no service account's key ({type(error).__name__})") from None
    project = certificate.project_id
    if not project:
        raise BadCredentials("the service account's key names no project")
    bearer = Bearer(certificate.get_credential(), clock, project=project)
    channel = Channel(bearer, project=project, url=url.rstrip("/"), tls=tls)
    return FcmSender(channel, bearer, project=project, clock=clock)
