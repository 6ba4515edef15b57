"""OpenAI's wire format: chat completions and models, over the same turns as every other client."""

from app.api.openai.router import openai_router

__all__ = ["openai_router"]
