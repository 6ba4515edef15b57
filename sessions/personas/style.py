"""Whether an answer kept the shape of its persona: what of it is there, and what should not be."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct

from .features import CODE_LINE, without_code

__all__ = ["SHAPES", "Style", "check_style"]

SHAPES = ("empathic", "architect", "analyst", "coordinator")
LABELLED, CUED = 1.0, 0.6
OUT_OF_ORDER, BREACH = 0.9, 0.15
SHORT_WORDS, SHORT_CHARS = 14, 45
LONGEST_LIST = 3
LEAST_NUMBERED, LEAST_FIGURES = 2, 2
FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
NUMBERED = re.compile(r"^[ \t]*\d{1,2}[.)][ \t]*\S", re.MULTILINE)
LISTED = re.compile(r"^[ \t]*(?:\d{1,2}[.)]|[-*•])[ \t]+\S", re.MULTILINE)
HEADED = re.compile(r"^[ \t]*(?:#{1,4}[ \t]|\*\*[^*\n]{1,40}\*\*)|^\|", re.MULTILINE)
TABLE = re.compile(r"^\|[ :|-]+\|[ \t]*$", re.MULTILINE)
SENTENCE = re.compile(r"(?<=[.!?…。！？])[\"'”’)*_]*\s+|\n+")
HANGUL = re.compile(r"[가-힣]")
# Reference numbers at the start of a line are no figures.
ORDINAL = re.compile(r"^[ \t]*\d{1,2}[.)]", re.MULTILINE)


class Style(Struct, frozen=True, kw_only=True):
    """How well an answer kept a shape (0 to 1), by its parts; `breaches` are what it should avoid.

    `credits` holds the credit of every part (0 to 1), in the order of the shape.
    """

    score: float
    credits: dict[str, float]
    breaches: tuple[str, ...]

    @property
    def found(self) -> tuple[str, ...]:
        """Return the parts that are there."""
        return tuple(name for name, credit in self.credits.items() if credit > 0.0)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the parts that are not there."""
        return tuple(name for name, credit in self.credits.items() if credit == 0.0)


class _Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    where: Literal["start", "later", "end", "any"]
    labels: tuple[str, ...]
    cues: tuple[str, ...]


class _Avoid(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    any: tuple[str, ...]
    least: int = 1


class _Shape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    parts: tuple[_Part, ...]
    avoids: tuple[_Avoid, ...]


class _Finder(Struct, frozen=True, kw_only=True):
    name: str
    where: str
    label: re.Pattern[str]
    cue: re.Pattern[str]


def check_style(answer: str, shape: str, *, message: str = "") -> Style:
    """Score `answer` against one of SHAPES; when `message` holds code an architect shows some.

    A part that stands under its label counts fully, one that only sounds so counts 0.6. Parts out
    of their order cost a tenth, every breach 0.15. Raises KeyError for another shape.
    """
    finders, avoids = _compiled()[shape]
    places = {finder.name: _place(finder, answer) for finder in finders}
    form = _form(answer, shape, message)
    parts = {name: credit for name, (credit, _) in places.items()} | form
    breaches = tuple(
        name for name, least, pattern in avoids if len(pattern.findall(answer)) >= least
    )
    starts = [place for credit, place in places.values() if credit == LABELLED]
    order = 1.0 if starts == sorted(starts) else OUT_OF_ORDER
    score = order * sum(parts.values()) / len(parts) - BREACH * len(breaches)
    return Style(score=round(max(0.0, score), 4), credits=parts, breaches=breaches)


def _place(finder: _Finder, answer: str) -> tuple[float, int]:
    """Return the credit of a part and where it begins."""
    if (label := finder.label.search(answer)) is not None:
        return LABELLED, label.start()
    said = [each for each in SENTENCE.split(answer.strip()) if each.strip()]
    size = len(said)
    region = {
        "start": said[: max(2, (size + 1) // 2)],
        "later": said[1:],
        "end": said[size // 2 :],
        "any": said,
    }[finder.where]
    found = finder.cue.search("\n".join(region))
    if found is None:
        return 0.0, -1
    # Feelings and the like have no labels: their words are all there is to see.
    return (CUED if finder.label.pattern != NEVER else LABELLED), answer.find(found[0])


def _form(answer: str, shape: str, message: str) -> dict[str, float]:
    if shape == "empathic":
        formal = len(LISTED.findall(answer)) > LONGEST_LIST or HEADED.search(answer) is not None
        return {"short sentences": float(_is_short(answer)), "plain form": float(not formal)}
    if shape == "architect":
        form = {"numbered": float(len(NUMBERED.findall(answer)) >= LEAST_NUMBERED)}
        coded = without_code(message) != message
        return form | ({"code": float(_has_code(answer))} if coded else {})
    if shape == "analyst":
        figures = len(FIGURE.findall(ORDINAL.sub("", answer)))
        table = TABLE.search(answer) is not None
        return {"figures": 1.0 if table else min(1.0, figures / LEAST_FIGURES)}
    return {}


def _is_short(answer: str) -> bool:
    """Tell whether sentences have at most 14 words in the mean, or 45 characters in Korean."""
    said = [each for each in SENTENCE.split(answer) if each.strip()]
    if HANGUL.search(answer):
        return sum(map(len, said)) <= SHORT_CHARS * len(said)
    return sum(len(each.split()) for each in said) <= SHORT_WORDS * len(said)


def _has_code(answer: str) -> bool:
    return "`" in answer or any(CODE_LINE.match(line) for line in answer.split("\n"))


NEVER = r"(?!)"


@cache
def _compiled() -> Mapping[
    str, tuple[tuple[_Finder, ...], tuple[tuple[str, int, re.Pattern[str]], ...]]
]:
    """Return the packaged shapes; they never change."""
    packaged = files(__package__).joinpath("lexicons", "style.toml").read_text(encoding="utf-8")
    shapes = msgspec.convert(tomllib.loads(packaged), dict[str, _Shape])
    return {
        name: (
            tuple(map(_finder, shape.parts)),
            tuple((each.name, each.least, _any(each.any)) for each in shape.avoids),
        )
        for name, shape in shapes.items()
    }


def _finder(part: _Part) -> _Finder:
    labels = "|".join(part.labels)
    label = (
        rf"^[ \t]*(?:\d{{1,2}}[.)]|[-*]|#{{1,4}})?[ \t]*(?:\*\*|__)?(?:{labels})(?![a-z가-힣])"
        rf"[^*:.：\n]{{0,24}}(?:[:.：]|\*\*|$)"
    )
    pattern = re.compile(label if labels else NEVER, re.IGNORECASE | re.MULTILINE)
    return _Finder(name=part.name, where=part.where, label=pattern, cue=_any(part.cues))


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in patterns), re.IGNORECASE | re.MULTILINE)
