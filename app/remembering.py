"""The parts of memory, made once."""

from msgspec import Struct

from sessions.budget import Budget
from sessions.clock import Clock
from sessions.embedding import Embedder
from sessions.lane import Lane
from sessions.llm.provider import Provider
from sessions.memory.extract.provider import Extractor
from sessions.memory.facts import Facts
from sessions.memory.forgetting import Forgetting
from sessions.memory.gate import Gate
from sessions.memory.keeping import MemoryKeeper
from sessions.memory.memory import Memory
from sessions.memory.moving import MemoryMoving
from sessions.memory.persona_lines import persona_lines
from sessions.memory.recall.recall import Recall
from sessions.memory.refusals import Refusals
from sessions.personas.catalogue import Catalogue
from sessions.stores.documents import Documents
from sessions.tasks import Tasks

__all__ = ["Remembering", "open_memory"]


class Remembering(Struct, frozen=True, kw_only=True):
    """What the rest of the product needs of memory."""

    memory: Memory
    facts: Facts
    recall: Recall
    forgetting: Forgetting
    moving: MemoryMoving


def open_memory(
    *,
    documents: Documents,
    clock: Clock,
    tasks: Tasks,
    secret: str,
    embedder: Embedder | None,
    catalogue: Catalogue,
    budget: Budget,
    lane: Lane,
    extracting: Provider | None,
) -> Remembering:
    """Make all parts of memory; facts are found by rules, and by `extracting` where it is given."""
    recall = Recall(documents=documents, clock=clock, tasks=tasks, secret=secret, embedder=embedder)
    refusals = Refusals(documents=documents, clock=clock, secret=secret)
    facts = Facts(documents=documents, clock=clock, refusals=refusals, watcher=recall)
    keeper = MemoryKeeper(
        documents=documents,
        facts=facts,
        refusals=refusals,
        clock=clock,
        gate=Gate(persona_lines(catalogue)),
        extractor=Extractor(extracting, budget) if extracting is not None else None,
        lane=lane,
    )
    memory = Memory(facts=facts, recall=recall, keeper=keeper, clock=clock)
    return Remembering(
        memory=memory,
        facts=facts,
        recall=recall,
        forgetting=Forgetting(facts, recall, memory.backlog),
        moving=MemoryMoving(
            documents=documents, clock=clock, facts=facts, refusals=refusals, recall=recall
        ),
    )
