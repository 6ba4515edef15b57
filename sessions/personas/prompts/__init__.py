"""Prompts: from a message, its analysis and its conversation to what a model gets."""

from .build import Share, build_prompt
from .known import Known
from .shapes import BUILDERS
from .version import PROMPT_VERSION

__all__ = ["BUILDERS", "PROMPT_VERSION", "Known", "Share", "build_prompt"]
