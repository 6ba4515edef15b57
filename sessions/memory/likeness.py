"""Whether two facts say the same."""

import unicodedata

__all__ = ["fold"]


def fold(text: str) -> str:
    """Return what matters of a text: its letters and digits, without case, one space between."""
    even = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(each if each.isalnum() else " " for each in even).split())
