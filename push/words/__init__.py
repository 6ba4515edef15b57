"""What a notification says: copy by kind and locale, and previews that fit."""

from .locales import chain
from .saying import Shown, words_of
from .truncation import truncated

__all__ = ["Shown", "chain", "truncated", "words_of"]
