"""A worker of the outbox with FCM's sender, as `ion worker` runs it, against FCM on loopback.

Its argument is a `Place` as JSON.
"""

import asyncio
import signal
import ssl
import sys
import time
from pathlib import Path
from random import Random

import msgspec
import uvloop

from app.pushing.conversations import DocumentConversations
from app.pushing.presence import Presence
from push.budgets import Budgets
from push.devices import Devices
from push.doorbell import LocalDoorbell
from push.fcm.channel import Channel
from push.fcm.credential import Bearer
from push.fcm.sender import FcmSender
from push.lanes import Lanes
from push.paced import PacedSender
from push.settings import NotificationSettings
from push.tally import Tally
from push.worker import Worker
from sessions.clock import SystemClock
from sessions.life import Life
from sessions.stores.documents import Documents
from sessions.stores.sqlite import SqliteDocuments
from sessions.tasks import Tasks
from tests.push.apart.estate import COLLECTIONS
from tests.push.apart.figures import Figures, Gaps
from tests.push.apart.place import Place
from tests.push.fcm.credentials import TestCredential
from tests.push.fcm.notifications import PROJECT

# FCM's own quota; what a process is given of it in production is less
_PER_MINUTE = 600_000
_RAMP_S = 1.0


class _Nowhere:
    """Passes the contract of app.pushing.presence.Seats: nobody is looking."""

    async def take(self, user_id: str, session_id: str, *, seconds: int) -> None:
        """Note nothing."""

    async def taken(self, user_id: str, session_id: str) -> bool:
        """Tell that nobody is there."""
        return False


def _sender(place: Place) -> PacedSender:
    clock = SystemClock()
    bearer = Bearer(TestCredential(clock), clock, project=PROJECT)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.load_verify_locations(cadata=place.root)
    channel = Channel(bearer, project=PROJECT, url=place.url, tls=tls)
    sender = FcmSender(channel, bearer, project=PROJECT, clock=clock)
    # half the time in which a request must begin: a slot beyond it would be taken in vain
    patience_s = min(2.0, (place.lease_s - place.send_s) / 4)
    lanes = Lanes(clock, per_minute=_PER_MINUTE, ramp_s=_RAMP_S, patience_s=patience_s)
    return PacedSender(sender, lanes, sender.lanes_of)


def _worker(place: Place, documents: Documents, sender: PacedSender, tasks: Tasks) -> Worker:
    clock = SystemClock()
    conversations = DocumentConversations(
        documents=documents,
        presence=Presence(_Nowhere(), clock=clock, tasks=tasks),
        clock=clock,
        life=Life(),
    )
    return Worker(
        documents=documents,
        devices=Devices(documents=documents, clock=clock),
        settings=NotificationSettings(documents=documents, clock=clock),
        budgets=Budgets(documents, clock, conversations.wrote_since),
        conversations=conversations,
        senders={"fcm_token": sender},
        doorbell=LocalDoorbell(),
        tally=Tally(),
        clock=clock,
        tasks=tasks,
        name_of=lambda persona, _: persona.title(),
        random=Random(),
        lease_s=place.lease_s,
        send_s=place.send_s,
        poll_s=place.poll_s,
    )


async def _work(place: Place) -> None:
    stop, faults, gaps = asyncio.Event(), list[str](), Gaps()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    tasks = Tasks(lambda name, error: faults.append(f"{name}: {error!r}"))
    documents = SqliteDocuments(Path(place.documents), COLLECTIONS)
    await documents.open()
    sender = _sender(place)
    work = tasks.start(_worker(place, documents, sender, tasks).run(), name="worker")
    tasks.start(gaps.measure(), name="gaps")
    print("ready", flush=True)
    before = time.process_time()
    await stop.wait()
    figures = Figures(gaps_s=gaps.gaps_s, cpu_s=time.process_time() - before, faults=faults)
    work.cancel()
    await asyncio.wait([work])
    await tasks.cancel()
    await sender.aclose()
    await documents.aclose()
    Path(place.figures).write_bytes(msgspec.json.encode(figures))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(msgspec.json.decode(sys.argv[1], type=Place)))
