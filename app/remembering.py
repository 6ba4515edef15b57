"""The parts of memory, made once."""

from msgspec import Struct

from app.background import Loops
from app.ground import Ground
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

__all__ = ["MemoryRoom", "open_memory"]


class MemoryRoom(Struct, frozen=True, kw_only=True):
    """What the rest of the product needs of memory; `loops` run as long as the process."""

    memory: Memory
    facts: Facts
    recall: Recall
    forgetting: Forgetting
    moving: MemoryMoving
    loops: Loops


def open_memory(ground: Ground) -> MemoryRoom:
    """Make all parts of memory; beside rules, a language model finds facts where there is one."""
    documents, clock, secret = ground.documents, ground.clock, ground.settings.secret_key
    recall = Recall(
        documents=documents,
        clock=clock,
        tasks=ground.tasks,
        secret=secret,
        embedder=ground.embedder,
    )
    refusals = Refusals(documents=documents, clock=clock, secret=secret)
    facts = Facts(documents=documents, clock=clock, refusals=refusals, watcher=recall)
    keeper = MemoryKeeper(
        documents=documents,
        facts=facts,
        refusals=refusals,
        clock=clock,
        gate=Gate(persona_lines(ground.catalogue)),
        extractor=Extractor(ground.telling, ground.budget) if ground.telling else None,
        lane=ground.lane,
    )
    recall.on_missed(keeper.missed)
    memory = Memory(facts=facts, recall=recall, keeper=keeper, clock=clock)
    return MemoryRoom(
        memory=memory,
        facts=facts,
        recall=recall,
        forgetting=Forgetting(facts, recall, memory.backlog),
        moving=MemoryMoving(
            documents=documents, clock=clock, facts=facts, refusals=refusals, recall=recall
        ),
        loops={"index turns": memory.backlog.run},
    )
