"""The trained reader of messages that the choice of a mentor leans on."""

from .model import Blend, Model, ModelInvalid, Vector, load_model, save_model
from .ngrams import BUCKETS, Grams, grams

__all__ = [
    "BUCKETS",
    "Blend",
    "Grams",
    "Model",
    "ModelInvalid",
    "Vector",
    "grams",
    "load_model",
    "save_model",
]
