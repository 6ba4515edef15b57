"""What mentors say when they write first."""

from .days import day_words, moment_words, readable
from .opening import Form, Reason, opening_words

__all__ = ["Form", "Reason", "day_words", "moment_words", "opening_words", "readable"]
