"""Mentors who write first on real documents, into sessions that nobody serves."""

from app.pushing.checkins import MentorsFirst, Writes
from app.pushing.conversations import DocumentConversations
from app.pushing.moments import Moments
from app.pushing.silence import Silence
from push.budgets import Budgets
from push.checkins import CheckIns
from push.devices import Devices
from push.settings import NotificationSettings
from sessions.archive import SESSIONS, TURNS, Opening, TurnDocument
from sessions.clock import Clock
from sessions.errors import NotFound
from sessions.intake import Intake
from sessions.life import Life
from sessions.memory.facts import Facts
from sessions.memory.refusals import Refusals
from sessions.stores.documents import Documents
from tests.personas import packaged

__all__ = ["Desk", "allowed", "mentors", "moments", "openings", "silence", "talk"]


class _Away:
    async def is_here(self, user_id: str, session_id: str) -> bool:
        return False


class Desk:
    """Sessions whose turns are told at once."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._intake = Intake(documents, clock)

    async def open(
        self, user_id: str, session_id: str, opening: Opening, *, key: str
    ) -> TurnDocument | None:
        """Write a turn, once for each key."""
        found = await self._documents.get(SESSIONS, session_id)
        if found is None or found.user_id != user_id:
            raise NotFound
        return await self._intake.opened(found, opening, key)

    def show(self, turn: TurnDocument) -> None:
        """Leave it to whoever finds it open."""


def talk(documents: Documents, clock: Clock) -> DocumentConversations:
    """Return what is said and read, while nobody is there."""
    return DocumentConversations(
        documents=documents,
        presence=_Away(),  # type: ignore[arg-type]
        clock=clock,
        life=Life(),
    )


def silence(documents: Documents, clock: Clock) -> Silence:
    """Return who has been away."""
    told = talk(documents, clock)
    return Silence(
        returns=told,
        devices=Devices(documents=documents, clock=clock),
        budgets=Budgets(documents, clock, told.wrote_since),
        clock=clock,
    )


def moments(documents: Documents, clock: Clock) -> Moments:
    """Return when to write."""
    return Moments(
        settings=NotificationSettings(documents=documents, clock=clock),
        devices=Devices(documents=documents, clock=clock),
        silence=silence(documents, clock),
        risks=talk(documents, clock),
        clock=clock,
    )


def mentors(documents: Documents, clock: Clock, *, sessions: Writes | None = None) -> MentorsFirst:
    """Return mentors who write what is due."""
    refusals = Refusals(documents=documents, clock=clock, secret="a secret")
    return MentorsFirst(
        check_ins=CheckIns(documents=documents, clock=clock),
        moments=moments(documents, clock),
        sessions=sessions or Desk(documents, clock),
        facts=Facts(documents=documents, clock=clock, refusals=refusals),
        documents=documents,
        catalogue=packaged(),
        clock=clock,
    )


async def allowed(documents: Documents, clock: Clock, **consents: bool) -> None:
    """Have u1 consent to check-ins, or to what is named."""
    settings = NotificationSettings(documents=documents, clock=clock)
    consents = consents or {"check_ins": True}
    await settings.update("u1", **consents)  # type: ignore[arg-type]


async def openings(documents: Documents) -> list[Opening]:
    """Return what mentors began with in s_1, in order."""
    turns = await documents.find(TURNS, "by_session", {"session_id": "s_1"})
    return [each.opening for each in turns if each.opening is not None]
