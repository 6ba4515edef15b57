"""How many tokens a language model reads in a text: counted where its vocabulary is known."""

from .estimate import CountTokens, estimate_tokens
from .models import vocabulary_of

__all__ = ["CountTokens", "estimate_tokens", "vocabulary_of"]
