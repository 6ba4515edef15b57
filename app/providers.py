"""The language model that the settings name, with those that stand in for it."""

from app.settings import Settings
from sessions.clock import Clock
from sessions.llm.provider import Provider

__all__ = ["open_provider"]


def open_provider(settings: Settings, clock: Clock) -> Provider:
    """Return the provider that the settings name, with those that stand in for it."""
    first = _one_provider(settings, settings.llm)
    if settings.llm != "openai" and not settings.llm_fallbacks:
        return first
    from sessions.llm.fallback import FallbackProvider

    others = [_one_provider(settings, name) for name in settings.llm_fallbacks]
    return FallbackProvider([first, *others], clock=clock)


def _one_provider(settings: Settings, name: str) -> Provider:
    if name == "offline":
        from sessions.llm.offline import OfflineProvider

        return OfflineProvider()
    if name == "scripted":
        from sessions.llm.scripted import ScriptedProvider

        return ScriptedProvider(
            tokens=settings.scripted_tokens,
            interval_ms=settings.scripted_interval_ms,
            first_ms=settings.scripted_first_ms,
        )
    from sessions.llm.openai import OpenAIProvider

    model, _, base_url = (settings.llm_model if name == "openai" else name).partition("@")
    # the key belongs to the host it was given for
    api_key = "" if base_url else settings.llm_api_key
    return OpenAIProvider(base_url=base_url or settings.llm_base_url, api_key=api_key, model=model)
