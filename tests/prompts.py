"""Prompts made by hand, for tests of providers."""

from typing import Any

from msgspec import structs

from sessions.conversation import Conversation
from sessions.llm.provider import Prompt, PromptMessage
from sessions.personas.analysis import analyse

__all__ = ["make_prompt"]


def make_prompt(text: str = "hello", **changes: Any) -> Prompt:
    """Return the prompt of a first turn in which the user wrote `text`."""
    prompt = Prompt(
        messages=(
            PromptMessage(role="system", content="You are Lua, a calm mentor."),
            PromptMessage(role="user", content=text),
        ),
        persona="lua",
        language="en",
        text=text,
        analysis=analyse(text),
        conversation=Conversation(session_id="s1"),
    )
    return structs.replace(prompt, **changes)
