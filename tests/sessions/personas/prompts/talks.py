"""Conversations and prompts for tests of prompts."""

from datetime import UTC, datetime, timedelta

from sessions.conversation import Conversation, Note, PastTurn, Summary
from sessions.history import fold
from sessions.llm.provider import Prompt
from sessions.personas.analysis import INTENTS, PACES, TONES, Analysis, analyse
from sessions.personas.catalogue import Catalogue
from sessions.personas.prompts import Known, Share, build_prompt
from sessions.personas.prompts.budget import Budgets
from sessions.personas.recommend import Recommendation, recommend
from tests.personas import packaged

__all__ = [
    "CATALOGUE",
    "START",
    "grown",
    "last",
    "note",
    "past",
    "prompt",
    "recommended",
    "sounding",
    "talk",
]

CATALOGUE = packaged()
SOUNDS = {
    "lua": ("anxious", "medium", "reflection"),
    "elro": ("curious", "medium", "problem_solving"),
    "riri": ("analytical", "contemplative", "validation"),
    "nana": ("urgent", "burst", "planning"),
}
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def past(number: int, said: str, answer: str = "I hear you.", persona: str = "lua") -> PastTurn:
    """Return turn `number` of a conversation."""
    at = START + timedelta(minutes=number)
    return PastTurn(turn_id=f"t{number}", user_text=said, answer=answer, persona=persona, at=at)


def note(kind: str, text: str) -> Note:
    """Return a note of the first turn."""
    return Note(kind=kind, text=text, turn_id="t1")


def talk(*turns: PastTurn, summary: Summary | None = None) -> Conversation:
    """Return the conversation that these turns are the whole of."""
    return Conversation(
        session_id="ses_secret",
        recent=turns,
        summary=summary or Summary(),
        count=len(turns),
    )


def grown(turns: list[PastTurn]) -> Conversation:
    """Return the conversation as the turn engine has it after these turns."""
    summary = Summary()
    for number, turn in enumerate(turns, start=1):
        summary = fold(summary, turn, number=number)
    return Conversation(
        session_id="ses_secret", recent=tuple(turns[-50:]), summary=summary, count=len(turns)
    )


def prompt(
    text: str,
    conversation: Conversation,
    *,
    persona: str | None = None,
    catalogue: Catalogue = CATALOGUE,
    budgets: Budgets | None = None,
    known: Known | None = None,
    share: Share | None = None,
) -> Prompt:
    """Return the prompt as the turn engine makes it."""
    analysis = analyse(text, previous=[turn.user_text for turn in conversation.recent])
    chosen = recommend(text, analysis, conversation, catalogue, chosen=persona)
    return build_prompt(
        text,
        analysis,
        chosen,
        conversation,
        catalogue,
        known=known or Known(),
        share=share,
        budgets=budgets or Budgets(),
    )


def last(made: Prompt) -> str:
    """Return the newest user message."""
    return made.messages[-1].content


def sounding(persona: str, language: str) -> Analysis:
    """Return an analysis that does not move when the analyser learns."""
    tone, pace, intent = SOUNDS[persona]
    return Analysis(
        tone={name: 0.6 if name == tone else 0.05 for name in TONES},
        pace={name: 0.7 if name == pace else 0.1 for name in PACES},
        intent={name: 0.5 if name == intent else 0.1 for name in INTENTS},
        language=language,
    )


def recommended(persona: str) -> Recommendation:
    """Return a recommendation of `persona` that says nothing else."""
    analysis = sounding("lua", "en")
    return recommend("", analysis, Conversation(session_id=""), CATALOGUE, chosen=persona)
