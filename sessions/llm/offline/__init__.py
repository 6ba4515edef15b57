"""The built-in engine: answers without a language model and without a network."""

from .provider import OfflineProvider

__all__ = ["OfflineProvider"]
