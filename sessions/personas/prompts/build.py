"""Assembles a prompt: a stable system part, the last turns, then this turn with its material."""

from collections.abc import Sequence

from msgspec import Struct

from sessions.conversation import Conversation, Note, PastTurn
from sessions.history import window
from sessions.llm.provider import Prompt, PromptMessage
from sessions.personas.analysis import Analysis
from sessions.personas.catalogue import Catalogue
from sessions.personas.persona import Persona, local
from sessions.personas.recommend import Recommendation
from sessions.personas.resonance import top_key

from .budget import Budgets, fit, fit_lines
from .quoting import neutral, quoted
from .shapes import BUILDERS, Material, ShapeBuilder
from .texts import texts

__all__ = ["Share", "build_prompt"]

TURNS = 5
CLEAR_TONE, SECOND_TONE, CLEAR_INTENT = 0.3, 0.2, 0.3


class Share(Struct, frozen=True, kw_only=True):
    """The part of a message that one of several personas answers, and the names of the others."""

    text: str
    others: tuple[str, ...]


def build_prompt(
    text: str,
    analysis: Analysis,
    recommendation: Recommendation,
    conversation: Conversation,
    catalogue: Catalogue,
    *,
    share: Share | None = None,
    budgets: Budgets = Budgets(),  # noqa: B008 - a frozen value
) -> Prompt:
    """Return the prompt with which the recommended persona answers `text`; raises NotFound.

    With a `share` it answers that part alone.

    The system message depends on the persona and the language alone and comes first, what changes
    with every turn comes last, so that providers can cache the prefix. Words of others are quoted.
    """
    persona = catalogue.get(recommendation.persona)
    shown = window(conversation, turns=TURNS, budget_tokens=budgets.history)
    turn = _Turn(text, analysis, conversation, persona, catalogue, budgets, len(shown), share)
    messages = [
        PromptMessage(role="system", content=_system(persona, analysis.language)),
        *_history(shown),
        PromptMessage(role="user", content=turn.content()),
    ]
    return Prompt(
        messages=tuple(_alternating(messages)),
        persona=persona.id,
        language=analysis.language,
        text=text,
        analysis=analysis,
        conversation=conversation,
        temperature=persona.sampling.temperature,
        max_tokens=persona.sampling.max_tokens,
    )


def _system(persona: Persona, language: str) -> str:
    words = texts(language)

    def bullets(lines: dict[str, tuple[str, ...]]) -> str:
        chosen = lines.get(language) or lines["en"]
        return "\n".join(words["bullet"].format(line=line) for line in chosen)

    examples = "\n\n".join(
        words["example"].format(user=one.user, name=persona.name(language), answer=one.answer)
        for one in persona.examples(language)
    )
    return str(
        words["system"].format(
            name=persona.name(language),
            role=local(persona.role, language),
            voice=local(persona.voice, language).strip(),
            shape=bullets(persona.shape),
            avoids=bullets(persona.avoids),
            guardrails=bullets(persona.guardrails),
            examples=examples,
        )
    )


def _history(shown: Sequence[PastTurn]) -> list[PromptMessage]:
    messages = []
    for past in shown:
        messages.append(PromptMessage(role="user", content=quoted("message", past.user_text)))
        if past.answer:
            messages.append(PromptMessage(role="assistant", content=neutral(past.answer)))
    return messages


def _alternating(messages: Sequence[PromptMessage]) -> list[PromptMessage]:
    """Join neighbours of one role (an answer that failed leaves such): providers want turns."""
    joined: list[PromptMessage] = []
    for message in messages:
        if joined and joined[-1].role == message.role:
            content = f"{joined.pop().content}\n\n{message.content}"
            message = PromptMessage(role=message.role, content=content)
        joined.append(message)
    return joined


class _Turn:
    """The last user message: situation, what is known, summary, facts and the message itself."""

    def __init__(
        self,
        text: str,
        analysis: Analysis,
        conversation: Conversation,
        persona: Persona,
        catalogue: Catalogue,
        budgets: Budgets,
        shown: int,
        share: Share | None,
    ) -> None:
        self._analysis = analysis
        self._conversation = conversation
        self._persona = persona
        self._catalogue = catalogue
        self._budgets = budgets
        self._shown = shown
        self._share = share
        self._words = texts(analysis.language)
        self._builder: ShapeBuilder = BUILDERS[persona.builder]
        self._material = Material(text=text, analysis=analysis, notes=conversation.summary.notes)

    def content(self) -> str:
        """Return the sections that have something to say, in their fixed order."""
        budgets = self._budgets
        blocks = (
            ("situation", "\n".join(fit_lines(self._situation(), budgets.situation))),
            ("notes", "\n".join(self._notes())),
            ("summary", fit(self._summary(), budgets.summary)),
            ("facts", "\n".join(fit_lines(self._builder.facts(self._material), budgets.facts))),
            ("message", fit(self._material.text, budgets.message)),
            ("part", fit(self._share.text if self._share else "", budgets.message)),
        )
        closing = self._words["closing"].format(
            name=self._persona.name(self._analysis.language),
            language=self._words["languages"].get(self._analysis.language, self._analysis.language),
        )
        quotes = [quoted(kind, body) for kind, body in blocks if body or kind == "message"]
        return "\n".join([*quotes, *self._sharing(), closing])

    def _sharing(self) -> list[str]:
        if self._share is None:
            return []
        panel = self._words["panel"]
        return [panel["yours"].format(others=self._words["and"].join(self._share.others))]

    def _situation(self) -> list[str]:
        hints = self._builder.hints(self._material)
        lines = [self._sound(), *(self._words["hints"][hint] for hint in hints)]
        if not self._conversation.count:
            return [*lines, self._words["first"]]
        answered = [past.persona for past in self._conversation.recent[-TURNS:] if past.answer]
        others = [
            self._catalogue.get(one).name(self._analysis.language)
            for one in dict.fromkeys(answered)
            if one in self._catalogue and one != self._persona.id
        ]
        if others:
            lines.append(self._words["another"].format(others=self._words["and"].join(others)))
        return lines

    def _sound(self) -> str:
        words, tone, key = self._words, self._analysis.tone, top_key(self._analysis)
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
        if self._analysis.intent[key.intent] >= CLEAR_INTENT:
            parts.append(words["intent"].format(intent=words["intents"][key.intent]))
        return " ".join(parts) or str(words["nothing"])

    def _summary(self) -> str:
        """Return the summary of all turns that are not shown verbatim."""
        summary = self._conversation.summary
        unseen = summary.pending[: max(0, len(summary.pending) - self._shown)]
        return "\n".join(filter(None, (summary.text, *unseen)))

    def _notes(self) -> list[str]:
        """Return the notes that fit: the kinds this shape needs first, and of a kind the newest."""
        kinds = {kind: place for place, kind in enumerate(self._builder.kinds)}

        def line(note: Note) -> str:
            return f"{self._words['kinds'].get(note.kind, note.kind)}: {note.text}"

        newest = list(reversed(self._material.notes))
        newest.sort(key=lambda note: kinds.get(note.kind, len(kinds)))
        return fit_lines(dict.fromkeys(map(line, newest)), self._budgets.notes)
