"""All that we touch of firebase-admin beyond its public names; a contract test watches over it.

Pinned to 7.7: its async client posts 500 and 503 again four times, 401 twice, and renews the token
on the event loop. None of that can be turned off from outside.
"""

import asyncio

import firebase_admin
import httpx
from firebase_admin import messaging

from push.fcm.http2 import Http2Client

__all__ = ["close_app", "response_of", "take_over"]


def take_over(app: firebase_admin.App, client: Http2Client, *, url: str = "") -> None:
    """Have an app's messages sent by `client`, and to another base `url` than Google's.

    The client keeps the library's own headers; how often and how it asks is its affair.
    """
    service = messaging._get_messaging_service(app)
    client.headers.update(service._async_client._headers)
    service._async_client._async_client = client
    if url:
        service._fcm_url = f"{url}/v1/projects/{app.project_id}/messages:send"


def response_of(error: BaseException | None) -> httpx.Response | None:
    """Return the response behind an error of the library, None when there was none.

    It loses those whose JSON has another shape than it expects, and raises while reading them.
    """
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, httpx.HTTPStatusError):
            return error.response
        error, seen = getattr(error, "_cause", None) or error.__context__, seen + 1
    return None


async def close_app(app: firebase_admin.App, client: Http2Client) -> None:
    """Close an app and its client; the library itself can only close outside of a loop."""
    await client.aclose()
    await asyncio.to_thread(firebase_admin.delete_app, app)
