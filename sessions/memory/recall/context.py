"""What is put to the encoder for a message: who said it, and what it came after."""

from collections.abc import Iterator, Sequence

from .passages import Passage

__all__ = ["RECIPE", "in_context"]

# Vectors of texts that were put together otherwise can't be compared.
RECIPE = "1"
_WORDS_BEFORE = 25


def in_context(said: Sequence[Passage], before: Passage | None) -> Iterator[str]:
    """Yield for each message the end of the one before it, and the message, with who said them."""
    for each in said:
        lead = "" if before is None else f"{_named(before, _tail(before.text))} "
        yield lead + _named(each, each.text)
        before = each


def _named(said: Passage, text: str) -> str:
    return f"{said.speaker}: {text}" if said.speaker else text


def _tail(text: str) -> str:
    return " ".join(text.split()[-_WORDS_BEFORE:])
