"""What counts tokens in this installation: the model's vocabulary, or an estimate."""

from app.settings import Settings
from sessions.tokens import CountTokens, estimate_tokens, vocabulary_of

__all__ = ["open_counter", "open_vocabulary"]


def open_counter(settings: Settings) -> CountTokens:
    """Return what counts for the model that is asked first; an estimate when it is not known."""
    if settings.llm != "openai":
        return estimate_tokens
    return open_vocabulary(settings.llm_model.partition("@")[0]) or estimate_tokens


def open_vocabulary(model: str) -> CountTokens | None:
    """Load the vocabulary of `model` from the extra `tokens`; None where it can't be."""
    if (vocabulary := vocabulary_of(model)) is None:
        return None
    try:
        from sessions.tokens.toktok import Toktok

        return Toktok(vocabulary)
    except (ImportError, OSError, KeyError):
        return None
