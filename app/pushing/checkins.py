"""Mentors write first, at the times agreed on: each as a turn of its session, once a day."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

import structlog

from app.pushing.moments import Moments
from app.pushing.promises import is_on
from app.pushing.reasons import language_of, reason_of
from app.pushing.wording import opening_words
from app.telemetry.logs import described
from push.checkins import CheckIns
from push.documents import CheckInDocument
from sessions.archive import SESSIONS, TURNS, Opening, SessionDocument, TurnDocument
from sessions.clock import Clock
from sessions.errors import NotFound, StoreUnavailable
from sessions.memory.documents import FactDocument
from sessions.memory.facts import Facts
from sessions.personas.catalogue import Catalogue
from sessions.stores.documents import Documents

__all__ = ["MentorsFirst", "Writes"]

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


class MentorsFirst:
    """Writes what is due; killed anywhere, the same is done again by whoever claims it next."""

    def __init__(
        self,
        *,
        check_ins: CheckIns,
        moments: Moments,
        sessions: Writes,
        facts: Facts,
        documents: Documents,
        catalogue: Catalogue,
        clock: Clock,
    ) -> None:
        self._check_ins = check_ins
        self._moments = moments
        self._sessions = sessions
        self._facts = facts
        self._documents = documents
        self._catalogue = catalogue
        self._clock = clock

    async def run_once(self) -> None:
        """Write all that is due; raises StoreUnavailable.

        What fails otherwise is tried again when its claim ends.
        """
        while due := await self._check_ins.claim():
            for check_in in due:
                try:
                    await self._keep(check_in)
                except StoreUnavailable:
                    raise
                except Exception as error:  # noqa: BLE001 - one that fails keeps none from others
                    log.error("mentor_did_not_write", kind=check_in.kind, **described(error))

    async def _keep(self, check_in: CheckInDocument) -> None:
        try:
            at = await self._moments.of(check_in)
            if at is not None and at > self._clock.now():
                await self._check_ins.later(check_in, at)
                return
            if at is not None:
                await self._write(check_in)
        except NotFound:
            # the session is gone, or the promise
            await self._check_ins.end(check_in)
        else:
            await self._check_ins.written(check_in)

    async def _write(self, check_in: CheckInDocument) -> None:
        session = await self._documents.get(SESSIONS, check_in.session_id)
        if session is None or session.user_id != check_in.user_id or session.private:
            raise NotFound("there is no such session")
        if check_in.kind == "nudge" and session.closed_at is not None:
            raise NotFound("the session was closed")
        fact = await self._fact(check_in, session)
        turns = await self._documents.find(
            TURNS, "by_session", {"session_id": session.id}, descending=True, limit=_RECENT
        )
        opening = self._opening(check_in, session, turns, fact)
        key = f"{check_in.kind}:{check_in.id}:{check_in.next_date}"
        turn = await self._sessions.open(check_in.user_id, session.id, opening, key=key)
        if turn is not None:
            self._sessions.show(turn)
            log.info(
                "mentor_wrote_first",
                session_id=session.id,
                turn_id=turn.id,
                kind=check_in.kind,
            )
        if fact is not None and fact.kind == "promise":
            with suppress(NotFound):
                await self._facts.end(fact.user_id, fact.id, self._clock.now())

    async def _fact(
        self, check_in: CheckInDocument, session: SessionDocument
    ) -> FactDocument | None:
        """Return the fact that is come back to, None when it is none; raises NotFound when off."""
        if not check_in.fact_id:
            return None
        fact = await self._facts.get(check_in.user_id, check_in.fact_id)
        if not is_on(check_in, fact, session.timezone):
            raise NotFound("it is off")
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
        reason = reason_of(check_in, session.summary, fact, self._clock.now())
        language = fact.language if fact else language_of(reason, session, turns)
        text = opening_words(
            reason, persona=persona, language=language, turn=f"{check_in.id} {check_in.next_date}"
        )
        memories = (fact.id,) if fact else ()
        return Opening(
            text=text,
            persona=persona,
            language=language,
            memories=memories,
            kind=check_in.kind,
        )
