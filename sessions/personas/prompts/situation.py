"""What a message sounds like and where in the conversation it stands, in authored words."""

from collections.abc import Mapping, Sequence
from typing import Any

from sessions.conversation import Conversation
from sessions.personas.analysis import Analysis
from sessions.personas.catalogue import Catalogue
from sessions.personas.persona import Persona
from sessions.personas.resonance import top_key

__all__ = ["situation_lines"]

RECENT = 5
CLEAR_TONE, SECOND_TONE, CLEAR_INTENT = 0.3, 0.2, 0.3


def situation_lines(
    analysis: Analysis,
    hints: Sequence[str],
    conversation: Conversation,
    persona: Persona,
    catalogue: Catalogue,
    words: Mapping[str, Any],
) -> list[str]:
    """Return tone, pace and intent, what the persona's shape points out, and who spoke before."""
    lines = [_sound(analysis, words), *(words["hints"][hint] for hint in hints)]
    if not conversation.count:
        return [*lines, words["first"]]
    answered = [past.persona for past in conversation.recent[-RECENT:] if past.answer]
    others = [
        catalogue.get(one).name(analysis.language)
        for one in dict.fromkeys(answered)
        if one in catalogue and one != persona.id
    ]
    if others:
        lines.append(words["another"].format(others=words["and"].join(others)))
    return lines


def _sound(analysis: Analysis, words: Mapping[str, Any]) -> str:
    tone, key = analysis.tone, top_key(analysis)
    loudest, next_loudest = sorted(tone, key=lambda name: -tone[name])[:2]
    heard = [loudest] if tone[loudest] >= CLEAR_TONE else []
    if heard and tone[next_loudest] >= SECOND_TONE:
        heard.append(next_loudest)
    parts = []
    if heard:
        named = words["and"].join(words["tones"][name] for name in heard)
        parts.append(words["sounds"].format(tones=named))
    if key.pace in words["paces"]:
        parts.append(words["pace"].format(pace=words["paces"][key.pace]))
    if analysis.intent[key.intent] >= CLEAR_INTENT:
        parts.append(words["intent"].format(intent=words["intents"][key.intent]))
    return " ".join(parts) or str(words["nothing"])
