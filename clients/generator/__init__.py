"""From JSON Schema to types of other languages: one description, one writer a language."""
