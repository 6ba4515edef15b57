"""Texts as vectors of their meaning, worked out off the event loop."""

from .embedder import Embedder, EncoderBusy, ThreadedEmbedder
from .encoder import Encoder, Vector
from .patience import meaning_of

__all__ = ["Embedder", "Encoder", "EncoderBusy", "ThreadedEmbedder", "Vector", "meaning_of"]
