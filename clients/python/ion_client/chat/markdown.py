"""Markdown as it comes: what is certain is given out at once, the rest when it is whole."""

import re
from collections.abc import Iterator

from msgspec import Struct

from .wrap import Styled

__all__ = ["Block", "Flow", "plain"]

_BLOCK = re.compile(r" {0,3}(#{1,6} |[-*+] |\d{1,3}[.)] |\||```|~~~|> ?|([-*_] ?){3,}$)")
_PERHAPS = re.compile(r" {0,3}(#{0,6}|[-*+_]{1,2}|\d{1,3}[.)]?|`{1,2}|~{1,2})")
_FENCE = re.compile(r"\s*(```|~~~)")
_SPAN = re.compile(
    r"\*\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*\*"
    r"|\*(?P<italic>[^\s*](?:[^*\n]*[^\s*])?)\*"
    r"|`(?P<code>[^`\n]+)`"
    r"|\[(?P<label>[^\]\n]+)\]\((?P<url>[^)\s]+)\)"
)
_HOPELESS = re.compile(r"\*{1,2}\s|\[[^\]\n]*\][^(]")
_STYLES = {"bold": "bold", "italic": "italic", "code": "cyan", "label": "underline"}
_RULE = re.compile(r"\s*\|?(\s*:?-{2,}:?\s*\|?)+\s*|\s*([-*_] ?){3,}\s*")


class Block(Struct, frozen=True):
    """A list, table, heading, quote or piece of code, with the empty line after it."""

    text: str


class Flow:
    """Takes an answer in pieces; gives words of paragraphs with a style, and whole blocks."""

    def __init__(self) -> None:
        self._text = ""
        self._at_line_start = True

    def feed(self, text: str) -> list[Styled | Block]:
        """Return what can be shown now."""
        self._text += text
        return list(self._ready(last=False))

    def flush(self) -> list[Styled | Block]:
        """Return the rest: nothing more comes."""
        return list(self._ready(last=True))

    def _ready(self, *, last: bool) -> Iterator[Styled | Block]:
        while self._text:
            length = _block_length(self._text, last=last) if self._at_line_start else 0
            if length is None:
                return
            if length:
                yield Block(self._cut(length))
                continue
            length = self._certain()
            if length:
                shown = self._cut(length)
                self._at_line_start = shown.endswith("\n")
                yield shown, ""
            elif (span := _SPAN.match(self._text)) is not None:
                self._cut(span.end())
                self._at_line_start = False
                yield from _styled(span)
            elif last or "\n" in self._text or _HOPELESS.match(self._text):
                self._at_line_start = False
                yield self._cut(len(self._text) - len(self._text.lstrip(self._text[0]))), ""
            else:
                return

    def _certain(self) -> int:
        """Return how much can't be the beginning of a span: to a marker or the line's end."""
        found = re.search(r"[*`\[]|\n", self._text)
        if found is None:
            return len(self._text)
        return found.end() if found[0] == "\n" else found.start()

    def _cut(self, length: int) -> str:
        cut, self._text = self._text[:length], self._text[length:]
        return cut


def plain(text: str) -> str:
    """Return the text without marks of emphasis, headings, tables and code."""
    lines: list[str] = []
    in_code = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            in_code = not in_code
        elif in_code:
            lines.append(line)
        elif not _RULE.fullmatch(line):
            lines.append(_plain_line(line))
    return "\n".join(lines)


def _plain_line(line: str) -> str:
    line = re.sub(r"^(\s*)(#{1,6}|>) ", r"\1", line)
    line = re.sub(r"^(\s*)[*+] ", r"\1- ", line)
    if line.lstrip().startswith("|"):
        line = "  ".join(cell.strip() for cell in line.strip().strip("|").split("|"))
    return _SPAN.sub(lambda span: "".join(text for text, _ in _styled(span)), line)


def _styled(span: re.Match[str]) -> Iterator[Styled]:
    kind = span.lastgroup or ""
    if kind == "url":
        yield span["label"], _STYLES["label"]
        yield f" ({span['url']})", "dim"
        return
    yield span[kind] if kind == "code" else span[kind].replace("`", ""), _STYLES[kind]


def _block_length(text: str, *, last: bool) -> int | None:
    """Return the length of the block at the beginning; 0: there is none, None: not sure yet."""
    line, newline, _ = text.partition("\n")
    if not newline and not last and _PERHAPS.fullmatch(line):
        return None
    if not _BLOCK.match(line):
        return 0
    position, in_code = 0, False
    for each in text.splitlines(keepends=True):
        if not each.endswith("\n"):
            break
        position += len(each)
        fence = _FENCE.match(each) is not None
        in_code = in_code != fence
        if not in_code and (fence or not each.strip() or each.lstrip().startswith("#")):
            return position
    return len(text) if last else None
