"""What a prompt is made by, as a short name for cache keys."""

from hashlib import blake2b
from importlib.resources import files

import msgspec

from sessions.personas.persona import Persona

__all__ = ["PROMPT_VERSION", "prompt_version"]

ENDINGS = (".py", ".toml")


def _content() -> bytes:
    parts = [each for each in files(__package__).iterdir() if each.name.endswith(ENDINGS)]
    return b"\0".join(each.read_bytes() for each in sorted(parts, key=lambda each: each.name))


PROMPT_VERSION = blake2b(_content(), digest_size=8).hexdigest()
"""Hash of the texts and builders of this package: another one may make other prompts."""


def prompt_version(persona: Persona) -> str:
    """Return a hash of all that shapes a persona's prompts apart from message and conversation."""
    own = msgspec.msgpack.encode(persona, order="deterministic")
    return blake2b(own, digest_size=8, key=PROMPT_VERSION.encode()).hexdigest()
