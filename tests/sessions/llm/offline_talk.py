"""Conversations with the offline engine as the turn engine holds them, without its stores."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sessions.conversation import Conversation, PastTurn, Summary
from sessions.history import fold
from sessions.llm.offline.compose import compose
from sessions.llm.offline.writer import units
from sessions.llm.provider import Prompt
from sessions.personas.analysis import analyse

__all__ = ["Talk", "prompt_for"]

START = datetime(2026, 1, 5, tzinfo=UTC)


def prompt_for(text: str, conversation: Conversation, *, persona: str = "lua") -> Prompt:
    """Return the prompt of a message as the turn engine makes it."""
    previous = [turn.user_text for turn in conversation.recent[-3:]]
    analysis = analyse(text, previous=previous)
    return Prompt(
        messages=(),
        persona=persona,
        language=analysis.language,
        text=text,
        analysis=analysis,
        conversation=conversation,
    )


class Talk:
    """A session that goes on with every `say`."""

    def __init__(self, *, persona: str = "lua", session_id: str = "s1") -> None:
        self.persona = persona
        self.conversation = Conversation(session_id=session_id)
        self.answers: list[str] = []

    def say(self, text: str) -> str:
        """Send a message and return its answer."""
        before = self.conversation
        answer = compose(prompt_for(text, before, persona=self.persona))
        number = before.count + 1
        turn = PastTurn(
            turn_id=f"t{number}",
            user_text=text,
            answer=answer,
            persona=self.persona,
            at=START + timedelta(minutes=number),
        )
        self.conversation = Conversation(
            session_id=before.session_id,
            recent=(*before.recent, turn)[-50:],
            summary=fold(before.summary, turn, number=number),
            count=number,
        )
        self.answers.append(answer)
        return answer

    def say_all(self, texts: Iterable[str]) -> list[str]:
        """Send messages one after the other and return the answers."""
        return [self.say(text) for text in texts]

    @property
    def summary(self) -> Summary:
        """Return the rolling summary so far."""
        return self.conversation.summary

    def repeated(self) -> set[str]:
        """Return sentences that stand in more than one answer."""
        seen: set[str] = set()
        again: set[str] = set()
        for answer in self.answers:
            said = units(answer)
            again |= said & seen
            seen |= said
        return again
