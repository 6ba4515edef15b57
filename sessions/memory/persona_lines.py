"""What personas are told and say of themselves: none of it is a fact about a user."""

from sessions.notes.clauses import sentences
from sessions.personas.catalogue import Catalogue
from sessions.personas.prompts.system import system_text

__all__ = ["persona_lines"]

_LANGUAGES = ("en", "ko")


def persona_lines(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the sentences of all personas' first prompts, in English and Korean."""
    texts = (
        system_text(catalogue.get(each), language)
        for each in catalogue.ids
        for language in _LANGUAGES
    )
    return tuple(dict.fromkeys(line for text in texts for line in sentences(text)))
