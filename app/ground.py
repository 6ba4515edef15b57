"""What all rooms of the product stand on, made once."""

from contextlib import AsyncExitStack

from msgspec import Struct

from app.counting import open_counter
from app.encoding import open_embedder
from app.providers import open_provider
from app.settings import Settings
from app.stores import Stores, open_stores
from app.telemetry.logs import logged_tasks
from sessions.budget import Budget
from sessions.clock import Clock
from sessions.embedding import Embedder
from sessions.lane import Lane
from sessions.llm.provider import Provider
from sessions.personas.catalogue import Catalogue
from sessions.personas.prompts.budget import Budgets
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.documents import Documents
from sessions.tasks import Tasks

__all__ = ["Ground", "open_ground"]


class Ground(Struct, frozen=True, kw_only=True):
    """Stores, time, tasks, personas, and who answers: what parts everywhere need."""

    settings: Settings
    clock: Clock
    tasks: Tasks
    stores: Stores
    catalogue: Catalogue
    names: Pseudonyms
    provider: Provider
    embedder: Embedder | None
    budget: Budget
    budgets: Budgets
    lane: Lane

    @property
    def documents(self) -> Documents:
        """The documents among the stores."""
        return self.stores.documents

    @property
    def telling(self) -> Provider | None:
        """The language model; an engine that is none has nothing to tell of what it read."""
        return self.provider if self.settings.llm == "openai" else None


async def open_ground(
    settings: Settings, stack: AsyncExitStack, *, clock: Clock, catalogue: Catalogue
) -> Ground:
    """Open it until `stack` ends; raises SettingsError, StoreUnavailable."""
    tasks = logged_tasks()
    stack.push_async_callback(tasks.cancel)
    stores = await open_stores(settings, stack, clock=clock, tasks=tasks)
    provider = open_provider(settings, clock)
    stack.push_async_callback(provider.aclose)
    return Ground(
        settings=settings,
        clock=clock,
        tasks=tasks,
        stores=stores,
        catalogue=catalogue,
        names=Pseudonyms(settings.secret_key),
        provider=provider,
        embedder=open_embedder(settings, stack, catalogue.model),
        budget=Budget(documents=stores.documents, clock=clock, tokens_a_day=settings.tokens_a_day),
        budgets=Budgets(count=open_counter(settings)),
        lane=Lane(),
    )
