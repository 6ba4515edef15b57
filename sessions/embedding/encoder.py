"""What turns one text into a vector, blocking its thread."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Encoder", "Vector"]

Vector = npt.NDArray[np.float32]


class Encoder(Protocol):
    """A model of meaning; vectors of different `id`s can't be compared."""

    @property
    def id(self) -> str:
        """Return the name that is stored with every vector."""
        ...

    @property
    def dimensions(self) -> int:
        """Return the length of a vector."""
        ...

    def encode(self, text: str, *, passage: bool = False) -> Vector:
        """Return the unit vector (dimensions,) of `text`; takes milliseconds of a core.

        One of a `passage` is to be found by those of questions.
        """
        ...
