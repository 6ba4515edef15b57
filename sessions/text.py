"""What a message's text may be, and short forms of it."""

from sessions.errors import TextInvalid, TextTooLong

__all__ = ["MAX_TEXT_CHARS", "checked_text", "opening_of"]

MAX_TEXT_CHARS = 8_000
_OPENING_CHARS = 48


def checked_text(text: str) -> str:
    """Return the text as it is kept: without NUL and surrounding space.

    Raises TextTooLong above 8,000 characters, TextInvalid when nothing to read is left or it
    holds half a surrogate pair.
    """
    if len(text) > MAX_TEXT_CHARS:
        raise TextTooLong(f"a message has at most {MAX_TEXT_CHARS} characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise TextInvalid("the text holds half a surrogate pair") from None
    kept = text.replace("\0", "").strip()
    if not any(each.isprintable() and not each.isspace() for each in kept):
        raise TextInvalid("the text is empty")
    return kept


def opening_of(text: str) -> str:
    """Return the first words of a text, in one line."""
    line = " ".join(text.split())
    if len(line) <= _OPENING_CHARS:
        return line
    cut = line[:_OPENING_CHARS].rsplit(" ", 1)[0]
    return (cut if len(cut) > _OPENING_CHARS // 2 else line[:_OPENING_CHARS]) + "…"
