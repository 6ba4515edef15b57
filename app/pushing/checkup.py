"""What `ion doctor` says of notifications: who is reached, and what waits."""

import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import msgspec
from msgspec import structs

from app.embedded import locked
from app.pushing.senders import Senders, open_senders
from app.settings import Settings, SettingsError
from app.stores import open_documents
from app.telemetry.logs import logged_tasks
from push.doorbell import LocalDoorbell
from push.ledger import Ledger
from push.tally import Tally
from schemas.operating import NotificationReport
from sessions.clock import SystemClock
from sessions.errors import StoreError

__all__ = ["outbox", "reached"]

# so late nothing is when somebody sends
_LATE_S = 600


async def reached(settings: Settings) -> str:
    """Return which devices can be told; raises RuntimeError when credentials are none."""
    if settings.push == "off":
        return "off (ION_PUSH)"
    try:
        async with AsyncExitStack() as stack:
            known = (settings.data_dir / "vapid_key").exists()
            if not known:
                # it would be made, and is not by who only looks
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ion-"))
                settings = structs.replace(settings, data_dir=Path(folder))
            tasks = logged_tasks()
            stack.push_async_callback(tasks.cancel)
            senders = await open_senders(settings, stack, clock=SystemClock(), tasks=tasks)
            phones, browsers = _phones(settings, senders), _browsers(settings, senders, known=known)
            return f"phones: {phones}; browsers: {browsers}"
    except SettingsError as error:
        raise RuntimeError(str(error)) from None


async def outbox(settings: Settings, *, is_served: bool) -> str:
    """Return how many notifications wait, and are dead; raises RuntimeError when all stand still.

    A running server that has the documents to itself is asked with the operator's token.
    """
    try:
        if is_served and settings.embedded_documents:
            if not settings.operator_token:
                return "not counted: set ION_OPERATOR_TOKEN to ask the running server"
            counts, late_s = await _asked(settings)
        elif settings.embedded_documents and not (settings.data_dir / "ion.sqlite").exists():
            return "nothing was put yet"
        else:
            counts, late_s = await _counted(settings)
    except (StoreError, httpx.HTTPError, msgspec.MsgspecError) as error:
        raise RuntimeError(f"the outbox can't be read ({type(error).__name__})") from None
    waiting = counts["pending"] + counts["sending"]
    found = f"{waiting:,} wait, the first is {late_s:.0f} s late; {counts['dead']:,} are dead"
    if is_served and late_s > _LATE_S:
        raise RuntimeError(f"{found}: does anything send? (ION_PUSH_WORKER)")
    return found


async def _asked(settings: Settings) -> tuple[dict[str, int], float]:
    headers = {"authorization": f"Bearer {settings.operator_token}"}
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        url = f"{settings.local_url}/api/v2.1/operator/notifications"
        answer = (await client.get(url, headers=headers)).raise_for_status()
    report = msgspec.json.decode(answer.content, type=NotificationReport)
    return report.counts, report.late_s


async def _counted(settings: Settings) -> tuple[dict[str, int], float]:
    async with AsyncExitStack() as stack:
        if settings.embedded_documents:
            stack.enter_context(locked(settings.data_dir))
        ledger = Ledger(
            documents=await open_documents(settings, stack),
            clock=SystemClock(),
            doorbell=LocalDoorbell(),
            tally=Tally(),
        )
        counts = {str(state): count for state, count in (await ledger.counts()).items()}
        return counts, await ledger.late_s()


def _phones(settings: Settings, senders: Senders) -> str:
    if senders.screens is not None:
        return "simulated, at /phones"
    if not senders.by_kind.keys() & {"fcm_token", "fcm_fid"}:
        return "not reached, ION_FIREBASE_CREDENTIALS is not set"
    return "Firebase" if settings.push == "auto" and settings.firebase_credentials else "the log"


def _browsers(settings: Settings, senders: Senders, *, known: bool) -> str:
    if senders.web_push_key and not (settings.vapid_private_key or known):
        return "a key that the first start makes"
    if senders.web_push_key:
        return f"key {senders.web_push_key[:8]}…"
    return (
        "the log" if "webpush" in senders.by_kind else "not reached, ION_VAPID_SUBJECT is not set"
    )
