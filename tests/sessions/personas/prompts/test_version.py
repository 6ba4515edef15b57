"""The name of what prompts are made by, for cache keys."""

import re
from hashlib import blake2b
from pathlib import Path

from sessions.personas import prompts
from sessions.personas.prompts import PROMPT_VERSION


def test_the_version_is_of_every_text_and_builder() -> None:
    folder = Path(prompts.__path__[0])
    parts = [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]
    assert blake2b(b"\0".join(parts), digest_size=8).hexdigest() == PROMPT_VERSION
    assert re.fullmatch(r"[0-9a-f]{16}", PROMPT_VERSION)
