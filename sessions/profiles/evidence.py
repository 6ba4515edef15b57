"""What a turn that has ended, or a rating, tells of the user's preferences."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import structs

from sessions.archive import SessionDocument, TurnDocument

from . import signals, style
from .documents import Chosen, Evidence, ProfileDocument
from .pseudonyms import Pseudonyms
from .signals import VALUES, of_gap
from .situation import TONES_OF

__all__ = ["of_rating", "of_turn"]

_TAKEN_BACK = float("nan")


def of_turn(
    profile: ProfileDocument,
    turn: TurnDocument,
    session: SessionDocument,
    chosen: Chosen,
    names: Pseudonyms,
) -> list[Evidence]:
    """Return the evidence of an answered turn and what it says of earlier ones.

    An answer for safety's sake, and a turn without an answer, tell nothing.
    """
    answer = turn.answer
    if answer is None or answer.finish_reason == "safety":
        return []
    own = Evidence(
        key=names.turn(turn.id),
        persona=answer.persona,
        intent=chosen.intent,
        mood=chosen.mood,
        at=answer.created_at.timestamp(),
        session=names.session(turn.session_id),
        signals={"stop": VALUES["stopped"]} if _stopped(turn) else {},
        style=_votes(turn),
        pinned=chosen.pinned,
    )
    picked = _picked(profile, turn, session, own, chosen)
    return [own, *picked, *_of_earlier(profile, turn, names)]


def _picked(
    profile: ProfileDocument,
    turn: TurnDocument,
    session: SessionDocument,
    own: Evidence,
    chosen: Chosen,
) -> list[Evidence]:
    """Return the evidence of the user's own pick: for it, and against the one passed over.

    A pick that goes on from one message of a session to the next counts once.
    """
    if own.persona not in (turn.persona, session.persona):
        return []
    before = [
        each
        for each in profile.evidence
        if each.session == own.session and each.at < own.at and each.key != own.key
    ]
    if before and before[-1].pinned and before[-1].persona == own.persona:
        return []
    picked = {"override": VALUES["picked"]}
    pick = structs.replace(own, session="", signals=picked, style={}, pinned=False)
    probable = max(chosen.probabilities, key=lambda one: chosen.probabilities[one])
    if probable == own.persona:
        return [pick]
    passed = {"override": VALUES["passed_over"]}
    return [pick, structs.replace(pick, persona=probable, signals=passed)]


def _of_earlier(profile: ProfileDocument, turn: TurnDocument, names: Pseudonyms) -> list[Evidence]:
    """Return what a turn tells of the one it answers again, or of the one before it, once."""
    answers = [each for each in profile.evidence if each.session]
    if turn.supersedes is not None:
        if not _regenerated(turn):
            return []
        old = names.turn(turn.supersedes)
        told: dict[str, float] = {"regenerate": VALUES["regenerated"]}
        return [structs.replace(e, signals=told, style={}) for e in answers if e.key == old]
    begun, own = turn.created_at.timestamp(), names.turn(turn.id)
    before = [each for each in answers if each.at <= begun and each.key != own]
    if not before or "follow_up" in before[-1].signals:
        return []
    last = before[-1]
    gap = timedelta(seconds=begun - last.at)
    same = last.session == names.session(turn.session_id)
    return [structs.replace(last, signals={**of_gap(gap, same_session=same)}, style={})]


def of_rating(turn: TurnDocument, names: Pseudonyms) -> list[Evidence]:
    """Return the evidence of a turn's rating; one that is taken back takes its evidence along."""
    answer, routing, feedback = turn.answer, turn.routing, turn.feedback
    if answer is None or routing is None or feedback is None:
        return []
    tone, _, intent = routing.resonance_key.split("-", 2)
    value = signals.of_rating(feedback.rating, feedback.stars)
    votes = dict.fromkeys(style.TRAITS, _TAKEN_BACK)
    if value is not None:
        votes |= style.of_rating(value, answer=answer.text, reason=feedback.reason)
    return [
        Evidence(
            key=names.turn(turn.id),
            persona=answer.persona,
            intent=intent,
            mood=next(mood for mood, tones in TONES_OF.items() if tone in tones),
            at=answer.created_at.timestamp(),
            session=names.session(turn.session_id),
            signals={"rating": _TAKEN_BACK if value is None else value},
            style=_named("rating", votes),
        )
    ]


def _stopped(turn: TurnDocument) -> bool:
    return turn.state == "stopped" and turn.answer is not None and turn.answer.text != ""


def _votes(turn: TurnDocument) -> dict[str, float]:
    said = [each.text for each in turn.messages if each.client_msg_id in turn.client_msg_ids]
    votes = _named("message", style.of_message("\n".join(said))) if said else {}
    if _stopped(turn) and turn.answer is not None:
        votes |= _named("stop", style.of_stop(turn.answer.text))
    return votes


def _named(source: str, votes: Mapping[str, float]) -> dict[str, float]:
    return {f"{source}/{trait}": vote for trait, vote in votes.items()}


def _regenerated(turn: TurnDocument) -> bool:
    """Tell whether a turn answers the same words again; an edit brings a message of its own."""
    own = {message.client_msg_id for message in turn.messages}
    return turn.supersedes is not None and not own.intersection(turn.client_msg_ids)
