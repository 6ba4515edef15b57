"""What mentors say when they write first."""

from .opening import Form, Reason, opening_words

__all__ = ["Form", "Reason", "opening_words"]
