"""Reads a user message of a prompt back into its sections, line by line."""

import re
from collections.abc import Mapping

from sessions.personas.prompts.quoting import CLOSE, MARGIN, OPEN
from sessions.personas.prompts.sections import Section
from sessions.personas.prompts.texts import texts

__all__ = ["parse"]

MARK = re.compile(f"{OPEN}([a-z]+){CLOSE}")


def parse(content: str, language: str) -> list[Section]:
    """Return the sections; raises AssertionError when a line belongs to none."""
    headings = {shown: kind for kind, shown in texts(language)["headings"].items()}
    lines = content.split("\n")
    found = []
    while lines:
        line = lines.pop(0)
        if (mark := MARK.fullmatch(line)) is not None:
            found.append(Section(kind=mark[1], text=_data(lines, mark[1]), data=True))
        elif line in headings:
            found.append(Section(kind=headings[line], text=_said(lines, headings), data=False))
        else:
            assert not line, f"a stray line: {line!r}"
    return found


def _data(lines: list[str], kind: str) -> str:
    body = []
    while lines[0].startswith(MARGIN):
        body.append(lines.pop(0).removeprefix(MARGIN))
    assert lines.pop(0) == f"{OPEN}/{kind}{CLOSE}"
    return "\n".join(body)


def _said(lines: list[str], headings: Mapping[str, str]) -> str:
    body = []
    while lines and lines[0] not in headings and MARK.fullmatch(lines[0]) is None:
        body.append(lines.pop(0))
    return "\n".join(body)
