"""`ion eval recall`: long dialogues through the product's own documents, index and queries."""

import asyncio
import sys
import tempfile
from argparse import Namespace
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
from msgspec import structs

from app.encoding import open_encoder
from app.settings import Settings
from app.stores import open_documents
from app.telemetry.logs import logged_tasks
from sessions.clock import SystemClock
from sessions.embedding import ThreadedEmbedder
from sessions.memory.recall.dialogues import Dialogue, read_dialogues
from sessions.memory.recall.evaluate import House, Report, measure, table
from sessions.memory.recall.recall import Recall
from sessions.personas.catalogue import load_catalogue

__all__ = ["evaluate_recall"]

_SECRET = "dialogues that are measured need no secret"  # noqa: S105 - nothing is kept
_ENCODERS = 2


def evaluate_recall(options: Namespace) -> str:
    """Measure recall on a file of dialogues and return what to print.

    Raises DialoguesInvalid, StoreUnavailable.
    """
    dialogues = read_dialogues(options.file)
    report = asyncio.run(_measured(dialogues, with_encoder=not options.without_embeddings))
    return f"{msgspec.json.encode(report).decode()}\n" if options.json else table(report)


async def _measured(dialogues: list[Dialogue], *, with_encoder: bool) -> Report:
    async with AsyncExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="ion-eval-"))
        clock, tasks = SystemClock(), logged_tasks()
        settings = structs.replace(Settings(), data_dir=Path(directory))
        documents = await open_documents(settings, stack)
        stack.push_async_callback(tasks.cancel)
        houses = []
        for _ in range(min(_ENCODERS, len(dialogues)) if with_encoder else 1):
            encoder = open_encoder(load_catalogue().model) if with_encoder else None
            embedder = ThreadedEmbedder(encoder) if encoder is not None else None
            if embedder is not None:
                stack.callback(embedder.close)
            recall = Recall(
                documents=documents, clock=clock, tasks=tasks, secret=_SECRET, embedder=embedder
            )
            houses.append(House(documents=documents, recall=recall, embedder=embedder))
        known = houses[0].embedder
        sys.stderr.write(f"recalled by words{f' and {known.id}' if known else ' alone'}\n")
        return await measure(dialogues, houses, tell=sys.stderr.write)
