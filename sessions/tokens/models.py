"""Which vocabulary a model reads with, as far as that is public."""

import re

__all__ = ["vocabulary_of"]

# <https://github.com/openai/tiktoken/blob/main/tiktoken/model.py>
VOCABULARIES = (
    (re.compile(r"gpt-oss"), "o200k_harmony"),
    (re.compile(r"(?:chat)?gpt-(?:4o|4\.1|4\.5|5)|o[134](?:-|$)"), "o200k_base"),
    (re.compile(r"gpt-(?:4|3\.5)(?:-|$)"), "cl100k_base"),
)


def vocabulary_of(model: str) -> str | None:
    """Return the name of a model's vocabulary, None when it is not known.

    A maker before the name (`openai/gpt-4o`) and what was tuned (`ft:gpt-4o:…`) are understood.
    """
    name = model.casefold().rsplit("/", 1)[-1].removeprefix("ft:")
    return next((found for form, found in VOCABULARIES if form.match(name)), None)
