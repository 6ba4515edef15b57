"""Prompts: from a message, its analysis and its conversation to what a model gets."""

from .build import Share, build_prompt
from .shapes import BUILDERS

__all__ = ["BUILDERS", "Share", "build_prompt"]
