"""What an answer took, where the provider does not tell."""

from schemas.resources import Usage
from sessions.llm.provider import Prompt
from sessions.tokens import estimate_tokens

__all__ = ["estimated_usage"]


def estimated_usage(prompt: Prompt, answer: str) -> Usage:
    """Return about how many tokens a prompt and its answer were."""
    asked = sum(estimate_tokens(each.content) for each in prompt.messages)
    return Usage(prompt_tokens=asked, completion_tokens=estimate_tokens(answer))
