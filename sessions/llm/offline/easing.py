"""Questions for the beginning: they take nothing for granted that was not said."""

from sessions.llm.offline.reading import Turn
from sessions.llm.offline.trouble import looks_ahead

__all__ = ["easy_tiers", "wants"]

SMALL_WORDS = {"en": 4, "ko": 3}


def easy_tiers(turn: Turn) -> list[tuple[str, ...]]:
    """Return questions that take nothing for granted, the most particular first."""
    common = turn.book.common
    own = turn.book.personas.get(turn.mentor, {}).get("ease", ())
    kind = turn.piece.kind if turn.piece is not None else ""
    tiers = [common[f"ease_{kind}"]] if f"ease_{kind}" in common else []
    tiers += [common["ease_either"]] if turn.act.name == "unsure" else []
    tiers += [common["ease_else"]] if turn.act.name in ("no", "ok") else []
    tiers += [common["ease_glad"]] if turn.facts.glad else []
    tiers += [common["ease_goal"]] if wants(turn) else []
    tiers += [common["ease_person"]] if _names_somebody(turn) else []
    tiers += [common["ease_on"]] if _adds(turn) else []
    tiers += [common["ease_until"]] if looks_ahead(turn.text, turn.language) else []
    return [*tiers, common["ease_hard"] if turn.hard else own, common["ease"], own]


def _adds(turn: Turn) -> bool:
    """Tell whether the message is a detail of what is being told, and nothing hard."""
    small = len(turn.text.split()) <= SMALL_WORDS[turn.language] and not (turn.blank or turn.hard)
    return turn.act.name == "yes" or (small and turn.act.name in ("tell", "piece"))


def wants(turn: Turn) -> bool:
    """Tell whether the message names something that its writer wants."""
    return any(note.kind == "goal" for note in turn.facts.fresh)


def _names_somebody(turn: Turn) -> bool:
    """Tell whether the message brings somebody into a talk that is about something else."""
    return not (turn.blank or turn.hard) and any(note.kind == "person" for note in turn.facts.fresh)
