"""What a prompt is made by, as a short name for cache keys."""

from hashlib import blake2b
from importlib.resources import files

__all__ = ["PROMPT_VERSION"]

ENDINGS = (".py", ".toml")


def _content() -> bytes:
    parts = [each for each in files(__package__).iterdir() if each.name.endswith(ENDINGS)]
    return b"\0".join(each.read_bytes() for each in sorted(parts, key=lambda each: each.name))


PROMPT_VERSION = blake2b(_content(), digest_size=8).hexdigest()
"""Hash of this package's texts and builders; the personas' files have one of their own."""
