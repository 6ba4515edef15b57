"""What a language model makes of a session after its turns: a summary, and a title."""

from .chronicle import Chronicle

__all__ = ["Chronicle"]
