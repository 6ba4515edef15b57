"""The first message of a prompt: who the persona is; it depends on persona and language alone."""

from collections.abc import Mapping

from sessions.personas.persona import Persona, local

from .texts import texts

__all__ = ["system_text"]


def system_text(persona: Persona, language: str) -> str:
    """Return role, voice, shape, limits and examples of a persona, for answers in `language`."""
    words, name = texts(language), persona.name(language)
    examples = "\n\n".join(
        words["example"].format(user=one.user, name=name, answer=one.answer)
        for one in persona.examples(language)
    )
    return str(
        words["system"].format(
            name=name,
            role=local(persona.role, language),
            voice=local(persona.voice, language).strip(),
            shape=_bullets(persona.shape, language),
            avoids=_bullets(persona.avoids, language),
            guardrails=_bullets(persona.guardrails, language),
            examples=examples,
        )
    )


def _bullets(lines: Mapping[str, tuple[str, ...]], language: str) -> str:
    bullet = texts(language)["bullet"]
    return "\n".join(bullet.format(line=line) for line in lines.get(language) or lines["en"])
