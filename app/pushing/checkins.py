"""Mentors write first, at the times agreed on: each as a turn of its session, once a day."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

import structlog

from app.pushing.promises import day_of, holds
from app.pushing.wording import Reason, opening_words
from push.checkins import LATEST, CheckIns
from push.documents import CheckInDocument
from push.settings import NotificationSettings
from sessions.archive import SESSIONS, TURNS, Opening, SessionDocument, TurnDocument
from sessions.clock import Clock
from sessions.conversation import Summary
from sessions.errors import NotFound
from sessions.memory.documents import FactDocument
from sessions.memory.facts import Facts
from sessions.notes.clauses import has_hangul
from sessions.personas.catalogue import Catalogue
from sessions.stores.documents import Documents

__all__ = ["MentorsFirst", "Risks", "Writes"]

log = structlog.get_logger(__name__)
_RECENT = 20


class Writes(Protocol):
    """Has a mentor write first: sessions."""

    async def open(
        self, user_id: str, session_id: str, opening: Opening, *, key: str
    ) -> TurnDocument | None:
        """Write a turn, once for each key; None when it was there. Raises NotFound."""
        ...

    def show(self, turn: TurnDocument) -> None:
        """Have it told."""
        ...


class Risks(Protocol):
    """Knows what sessions spoke of."""

    async def at_risk(self, session_id: str) -> bool:
        """Tell whether a session spoke of a risk."""
        ...


class MentorsFirst:
    """Writes what is due; killed anywhere, the same is done again by whoever claims it next.

    Nothing is written without consent, into a session that spoke of a risk, or long after its
    time.
    """

    def __init__(
        self,
        *,
        check_ins: CheckIns,
        settings: NotificationSettings,
        sessions: Writes,
        risks: Risks,
        facts: Facts,
        documents: Documents,
        catalogue: Catalogue,
        clock: Clock,
    ) -> None:
        self._check_ins = check_ins
        self._settings = settings
        self._sessions = sessions
        self._risks = risks
        self._facts = facts
        self._documents = documents
        self._catalogue = catalogue
        self._clock = clock

    async def run_once(self) -> None:
        """Write all that is due; raises StoreUnavailable."""
        while due := await self._check_ins.claim():
            for check_in in due:
                await self._keep(check_in)

    async def _keep(self, check_in: CheckInDocument) -> None:
        try:
            if await self._wanted(check_in):
                await self._write(check_in)
        except NotFound:
            # the session is gone, or the promise
            await self._check_ins.end(check_in)
        else:
            await self._check_ins.written(check_in)

    async def _wanted(self, check_in: CheckInDocument) -> bool:
        if self._clock.now() - check_in.next_at > LATEST:
            return False
        settings = await self._settings.get(check_in.user_id)
        return settings.check_ins and not await self._risks.at_risk(check_in.session_id)

    async def _write(self, check_in: CheckInDocument) -> None:
        session = await self._documents.get(SESSIONS, check_in.session_id)
        if session is None or session.user_id != check_in.user_id or session.private:
            raise NotFound("there is no such session")
        fact = await self._promise(check_in, session)
        turns = await self._documents.find(
            TURNS, "by_session", {"session_id": session.id}, descending=True, limit=_RECENT
        )
        opening = self._opening(check_in, session, turns, fact)
        key = f"check_in:{check_in.id}:{check_in.next_date}"
        turn = await self._sessions.open(check_in.user_id, session.id, opening, key=key)
        if turn is not None:
            self._sessions.show(turn)
            log.info("mentor_wrote_first", session_id=session.id, turn_id=turn.id)
        if fact is not None:
            with suppress(NotFound):
                await self._facts.end(fact.user_id, fact.id, self._clock.now())

    async def _promise(
        self, check_in: CheckInDocument, session: SessionDocument
    ) -> FactDocument | None:
        """Return the promise that is kept, None when it is none; raises NotFound when it is off."""
        if not check_in.fact_id:
            return None
        fact = await self._facts.get(check_in.user_id, check_in.fact_id)
        if not holds(fact) or day_of(fact, session.timezone) != check_in.date:
            raise NotFound("the promise is off")
        return fact

    def _opening(
        self,
        check_in: CheckInDocument,
        session: SessionDocument,
        turns: Sequence[TurnDocument],
        fact: FactDocument | None,
    ) -> Opening:
        answered = (turn.answer.persona for turn in turns if turn.answer is not None)
        personas = (check_in.persona, session.persona or "", *answered, *self._catalogue.ids)
        persona = next(each for each in personas if each in self._catalogue)
        reason = _reason(check_in, session.summary, fact)
        language = fact.language if fact else _language(reason, session, turns)
        text = opening_words(
            reason, persona=persona, language=language, turn=f"{check_in.id} {check_in.next_date}"
        )
        memories = (fact.id,) if fact else ()
        return Opening(text=text, persona=persona, language=language, memories=memories)


def _reason(check_in: CheckInDocument, summary: Summary, fact: FactDocument | None) -> Reason:
    """Return what to write about: the promise, what was asked for, the last step, the goal."""
    if fact is not None:
        # in the user's own words it is no quotation of the mentor any more
        return Reason(form="about" if fact.edited else "promise", words=fact.text)
    if check_in.about:
        return Reason(form="about", words=check_in.about)
    for step in reversed(summary.steps):
        if step.kind == "step":
            return Reason(form="step", words=step.text)
    for note in reversed(summary.notes):
        if note.kind == "goal":
            return Reason(form="goal", words=note.text)
    return Reason()


def _language(reason: Reason, session: SessionDocument, turns: Sequence[TurnDocument]) -> str:
    """Return the language that is spoken in a session: of its last turn, its words, its device."""
    spoken = next((turn.routing.language for turn in turns if turn.routing is not None), "")
    if not spoken and has_hangul(reason.words):
        return "ko"
    return spoken or session.locale[:2].lower() or "en"
