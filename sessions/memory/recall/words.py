"""Texts as the terms that an index finds them by: stems of English, pairs of characters of CJK."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

import Stemmer

__all__ = ["name_of", "names", "stem", "telling", "terms"]

_LONGEST = 8_000
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_HANGUL = re.compile(r"[가-힣]+")
_UNSPACED = re.compile(r"[぀-ヿ㐀-鿿豈-﫿฀-๿]+")
_POSSESSIVE = re.compile(r"['’](?:s|re|ve|ll|d|m|t)?\Z")
_SHORTEST_STEM = 2


class _Words(NamedTuple):
    stop: frozenset[str]
    verbs: dict[str, str]
    particles: tuple[str, ...]


def terms(text: str) -> list[str]:
    """Return the terms of the first 8,000 characters, in order, without those that say nothing.

    A text that has no others keeps them.
    """
    return telling(text) or [term for word in _words(text) for term in _of(word)]


def telling(text: str) -> list[str]:
    """Return the terms of a text as `terms` does, none when none of them says anything."""
    return [term for word in _words(text) if not _silent(word) for term in _of(word)]


def names(text: str) -> set[str]:
    """Return the terms of all words of a text, as any of them may name a speaker."""
    return {_named(word) for word in _words(text)}


def name_of(speaker: str) -> str:
    """Return the term by which a speaker is named: their first name's, empty without one."""
    words = _words(speaker)
    return _named(words[0]) if words else ""


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """Return the term of an English word in small letters: of its verb's or noun's base form."""
    verbs = _packaged().verbs
    base = verbs.get(word) or verbs.get(word.removesuffix("s"), word)
    stemmed: str = Stemmer.Stemmer("english").stemWord(base)
    return stemmed


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text[:_LONGEST]).casefold())


def _named(word: str) -> str:
    bare = _POSSESSIVE.sub("", word)
    return stem(bare) if bare.isascii() else _bare(bare)


def _silent(word: str) -> bool:
    stop = _packaged().stop
    return word in stop or _POSSESSIVE.sub("", word) in stop


def _of(word: str) -> Iterator[str]:
    word = _POSSESSIVE.sub("", word)
    if word.isascii():
        yield stem(word)
    elif _HANGUL.fullmatch(word):
        yield from _korean(word)
    elif _UNSPACED.search(word):
        yield from _pairs(word)
    elif word:
        yield word


def _korean(word: str) -> Iterator[str]:
    """Yield the word without its particle, and pairs of syllables when it is longer than one."""
    bare = _bare(word)
    if bare not in _packaged().stop:
        yield bare
        if len(bare) > 2:
            yield from _pairs(bare)


@lru_cache(maxsize=1 << 14)
def _bare(word: str) -> str:
    for particle in _packaged().particles:
        if word.endswith(particle) and len(word) - len(particle) >= _SHORTEST_STEM:
            return word.removesuffix(particle)
    return word


def _pairs(word: str) -> Iterator[str]:
    if len(word) == 1:
        yield word
    for first, second in pairwise(word):
        yield first + second


@cache
def _packaged() -> _Words:
    """Return the packaged words; they never change."""
    data = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    verbs = {
        form: base
        for base, _, forms in (entry.partition(":") for entry in data["irregular"].split())
        for form in forms.split(",")
    }
    stop = frozenset(f"{data['stop']} {data['korean_stop']}".split())
    return _Words(stop, verbs, tuple(data["particles"].split()))
