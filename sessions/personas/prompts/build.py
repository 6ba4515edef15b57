"""Assembles a prompt: a stable system part, the last turns, then this turn with its material."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from sessions.conversation import Conversation, PastTurn
from sessions.history import window
from sessions.llm.provider import Prompt, PromptMessage
from sessions.memory.putting_right import put_right
from sessions.personas.analysis import Analysis
from sessions.personas.catalogue import Catalogue
from sessions.personas.persona import Persona
from sessions.personas.recommend import Recommendation

from .budget import Budgets, fit_lines, fit_story
from .known import Known, note_lines, preference_lines
from .quoting import neutral_answer, quoted
from .sections import Section, assemble
from .shapes import BUILDERS, Material, ShapeBuilder
from .situation import situation_lines
from .system import system_text
from .texts import texts

__all__ = ["Share", "build_prompt"]


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
    known: Known = Known(),  # noqa: B008 - a frozen value
    share: Share | None = None,
    budgets: Budgets = Budgets(),  # noqa: B008 - a frozen value
) -> Prompt:
    """Return the prompt with which the recommended persona answers `text`; raises NotFound.

    The system message depends on the persona and the language alone and comes first, what changes
    with every turn comes last, so that providers can cache the prefix. Words of others are quoted.
    With a `share` the persona answers that part alone.
    """
    persona = catalogue.get(recommendation.persona)
    right = put_right(conversation, known.remembered)
    shown = window(conversation, budget_tokens=budgets.history, count=budgets.count)
    turn = _Turn(
        text=text,
        analysis=analysis,
        conversation=right,
        persona=persona,
        catalogue=catalogue,
        known=known,
        share=share,
        budgets=budgets,
        shown=len(shown),
    )
    newest = assemble(turn.sections(), texts(analysis.language))
    messages = [
        PromptMessage(role="system", content=system_text(persona, analysis.language)),
        *_history(shown),
        PromptMessage(role="user", content=newest),
    ]
    return Prompt(
        messages=tuple(_alternating(messages)),
        persona=persona.id,
        language=analysis.language,
        text=text,
        analysis=analysis,
        conversation=right,
        remembered=known.remembered,
        promises=known.promises,
        whole=known.whole,
        kept_by=known.kept_by,
        temperature=persona.sampling.temperature,
        max_tokens=persona.sampling.max_tokens,
    )


def _history(shown: Sequence[PastTurn]) -> list[PromptMessage]:
    messages = []
    for past in shown:
        messages.append(PromptMessage(role="user", content=quoted("message", past.user_text)))
        if past.answer:
            messages.append(PromptMessage(role="assistant", content=neutral_answer(past.answer)))
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


class _Turn(Struct, frozen=True, kw_only=True):
    text: str
    analysis: Analysis
    conversation: Conversation
    persona: Persona
    catalogue: Catalogue
    known: Known
    share: Share | None
    budgets: Budgets
    shown: int

    def sections(self) -> Iterator[Section]:
        """Yield the sections of the last user message in their fixed order."""
        budgets, words = self.budgets, texts(self.analysis.language)
        notes, summary = self.conversation.summary.notes, self._summary()
        builder: ShapeBuilder = BUILDERS[self.persona.builder]
        material = Material(text=self.text, analysis=self.analysis, notes=notes)
        situation = situation_lines(
            self.analysis,
            builder.hints(material),
            self.conversation,
            self.persona,
            self.catalogue,
            words,
        )
        steps = [each for each in self.conversation.summary.steps if each.kind == "step"]
        known = note_lines((*notes, *steps), builder.kinds, words)
        liked = preference_lines(self.known.preferences, words)
        yield _said("situation", self._lines(situation, budgets.situation))
        yield _said("preferences", self._lines(liked, budgets.preferences))
        yield _data("memory", self._lines(self.known.memories, budgets.memory))
        yield _data("notes", self._lines(known, budgets.notes))
        yield _data("summary", fit_story(summary, budgets.summary, budgets.count))
        yield _data("facts", self._lines(builder.facts(material), budgets.facts))
        yield _data("message", [self.text])
        if self.share is not None:
            yield _data("part", [self.share.text])
        yield _said("answer", self._lines(self._answer(builder, material), budgets.answer))

    def _lines(self, lines: Iterable[str], budget: int) -> list[str]:
        return fit_lines(lines, budget, self.budgets.count)

    def _summary(self) -> list[str]:
        """Return the summary of all turns that are not shown verbatim."""
        summary = self.conversation.summary
        unseen = summary.pending[: max(0, len(summary.pending) - self.shown)]
        return [*summary.story, *unseen]

    def _answer(self, builder: ShapeBuilder, material: Material) -> Iterator[str]:
        """Yield who answers in which language, then the shape and the others at the table."""
        language = self.analysis.language
        words = texts(language)
        yield words["closing"].format(
            name=self.persona.name(language), language=words["languages"].get(language, language)
        )
        yield words["answers"]["brief" if material.brief else builder.shape]
        if self.known.promises != "none":
            yield words["promises"][self.known.promises]
        if not self.known.whole:
            yield words["unread"]
        if (keeper := self.known.kept_by) and keeper in self.catalogue:
            yield words["kept"].format(keeper=self.catalogue.get(keeper).name(language))
        if self.share is not None:
            yield words["panel"]["yours"].format(others=words["and"].join(self.share.others))


def _said(kind: str, lines: Sequence[str]) -> Section:
    return Section(kind=kind, text="\n".join(lines), data=False)


def _data(kind: str, lines: Sequence[str]) -> Section:
    return Section(kind=kind, text="\n".join(lines), data=True)
