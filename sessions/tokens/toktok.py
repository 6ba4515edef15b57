"""The vocabularies of OpenAI's models, from the package toktok-rs, which carries them."""

from toktok import batch_count

__all__ = ["Toktok"]


class Toktok:
    """Counts exactly, with one thread: some 0.03 ms for a message of 1,000 characters.

    Loading takes under a second and some 50 MB. Raises ImportError, OSError, or KeyError for a
    vocabulary that is not there.
    """

    def __init__(self, vocabulary: str) -> None:
        self.vocabulary = vocabulary
        self("ready")

    def __call__(self, text: str) -> int:
        """Return how many tokens `text` has; marks that a model reserves count as plain text."""
        whole = text.encode("utf-8", "replace").decode()
        (count,) = batch_count([whole], self.vocabulary, threads=1)
        return int(count)
