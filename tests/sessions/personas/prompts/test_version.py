"""The name of what prompts are made by, for cache keys."""

import re

from msgspec import structs

from sessions.personas.prompts import PROMPT_VERSION, prompt_version
from tests.sessions.personas.prompts.talks import CATALOGUE


def test_a_version_is_short_and_of_the_content() -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", PROMPT_VERSION)
    versions = {prompt_version(CATALOGUE.get(one)) for one in CATALOGUE.ids}
    assert len(versions) == len(CATALOGUE.ids)


def test_another_voice_is_another_version() -> None:
    lua = CATALOGUE.get("lua")
    colder = structs.replace(lua, voice={**lua.voice, "en": "Cold."})
    assert prompt_version(colder) != prompt_version(lua)
    assert prompt_version(structs.replace(lua)) == prompt_version(lua)
