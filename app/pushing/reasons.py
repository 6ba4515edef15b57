"""What a mentor writes about when it writes first, and in which language."""

from collections.abc import Sequence
from datetime import UTC, datetime

from app.pushing.silence import open_goal
from app.pushing.wording import Reason
from push.documents import CheckInDocument
from push.wall import zone_named
from sessions.archive import SessionDocument, TurnDocument
from sessions.conversation import Summary
from sessions.errors import NotFound
from sessions.memory.documents import FactDocument
from sessions.notes.clauses import has_hangul

__all__ = ["language_of", "reason_of"]


def reason_of(
    check_in: CheckInDocument, summary: Summary, fact: FactDocument | None, now: datetime
) -> Reason:
    """Return what to write about: the fact, what was asked for, the last step, the goal.

    Raises NotFound when there is nothing to nudge about any more.
    """
    if check_in.kind == "nudge":
        if not (goal := open_goal(summary)):
            raise NotFound("there is no goal")
        return Reason(form="nudge", words=goal)
    if fact is not None and check_in.kind == "reminder":
        today = now.astimezone(zone_named(check_in.timezone) or UTC).date().isoformat()
        return Reason(form="today" if today == check_in.fact_day else "tomorrow", words=fact.text)
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


def language_of(reason: Reason, session: SessionDocument, turns: Sequence[TurnDocument]) -> str:
    """Return the language that is spoken in a session: of its last turn, its words, its device."""
    spoken = next((turn.routing.language for turn in turns if turn.routing is not None), "")
    if not spoken and has_hangul(reason.words):
        return "ko"
    return spoken or session.locale[:2].lower() or "en"
