"""Weighted phrases found in a text: words in Latin script, stems in Hangul, and bare marks."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from msgspec import Struct

__all__ = ["GRADES", "Entry", "Hit", "Lexicon", "Negation", "Words", "graded", "normalise"]

GRADES: Mapping[str, float] = {"strong": 2.4, "clear": 1.4, "slight": 0.5}
# The further places of the same phrase tell nothing new, and each costs time.
MOST_PLACES = 16
WORD = re.compile(r"[a-zà-öø-ÿ]+(?:[-'][a-z]+)*|[.,;:!?\n()]+")
HANGUL = re.compile(r"[가-힣ㄱ-ㅣ]+")
# A negation around a Korean stem: "안 불안해" before it, "불안하지 않아" or "걱정 없어" after it.
BEFORE_KO = re.compile(r"(?:^|\s)(?:안|못|전혀|별로)\s$")
AFTER_KO = re.compile(
    r"[가-힣]{0,3}?지[는도가를]?\s?[않안못말마]|[가-힣]{0,2}\s?(?:없|아니|안\s?[해하돼되])"
    r"|[가-힣]{0,2}\s(?:건|것은|게|거)\s?(?:아니|아냐)"
)


class Entry(Struct, frozen=True, kw_only=True):
    """A phrase that speaks for `label` ("group/name"); `weight` says how loudly."""

    label: str
    phrase: str
    weight: float


class Hit(Struct, frozen=True, kw_only=True):
    """An entry found at characters `start` to `end` of the normalised text."""

    entry: Entry
    start: int
    end: int
    negated: bool


class Words(Struct, frozen=True, kw_only=True):
    """The Latin words of a text, where each stands, and the number of its clause."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    clauses: tuple[int, ...]


class Negation(Struct, frozen=True, kw_only=True):
    """English negators, the words that take their force away, and the words that end a clause."""

    words: frozenset[str] = frozenset()
    spared_before: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()

    def covers(self, found: Words, index: int, *, reach: int = 3) -> bool:
        """Tell whether a negator stands at most `reach` words before word `index`."""
        for at in range(index - 1, max(-1, index - 1 - reach), -1):
            if found.clauses[at] != found.clauses[index]:
                return False
            word = found.words[at]
            if word in self.words or word.endswith("n't"):
                return found.words[at + 1] not in self.spared_before
        return False


def normalise(text: str) -> str:
    """Return `text` in lower case with straight apostrophes and a space at the end."""
    return text.lower().replace("’", "'") + " "


def graded(table: Mapping[str, Mapping[str, Sequence[str]]], group: str) -> list[Entry]:
    """Return the entries of one table: names, then grades, then phrases; raises KeyError."""
    return [
        Entry(label=f"{group}/{name}", phrase=phrase, weight=GRADES[grade])
        for name, grades in table.items()
        for grade, phrases in grades.items()
        for phrase in phrases
    ]


class Lexicon:
    """An index over entries that finds all of them in one pass over a text."""

    def __init__(self, entries: Iterable[Entry], *, negation: Negation | None = None) -> None:
        self._negation = negation or Negation()
        self._alone: dict[str, list[Entry]] = {}
        # by the first and the second word of a phrase, with the words after them
        self._first: dict[str, dict[str, list[tuple[tuple[str, ...], Entry]]]] = {}
        self._prefix: dict[str, list[tuple[str, Entry]]] = {}
        self._stem: dict[str, list[tuple[bool, str, Entry]]] = {}
        self._mark: dict[str, list[Entry]] = {}
        for entry in entries:
            self._add(entry)
        marks = sorted(self._mark, key=len, reverse=True)
        self._marks = re.compile("|".join(map(re.escape, marks)) or r"(?!)")

    def _add(self, entry: Entry) -> None:
        phrase = entry.phrase.lower()
        if HANGUL.search(phrase):
            stem = phrase.removeprefix("~")
            self._stem.setdefault(stem[:2], []).append((phrase != stem, stem, entry))
        elif (
            not (words := tuple(WORD.findall(phrase.replace("*", "")))) or not words[0][0].isalpha()
        ):
            self._mark.setdefault(phrase, []).append(entry)
        elif phrase.endswith("*") and len(words) == 1:
            self._prefix.setdefault(phrase[:3], []).append((words[0], entry))
        elif len(words) == 1:
            self._alone.setdefault(words[0], []).append(entry)
        else:
            after = self._first.setdefault(words[0], {})
            after.setdefault(words[1], []).append((words[2:], entry))

    def find(self, text: str) -> list[Hit]:
        """Return the hits in a normalised text, in order of place.

        A hit inside a longer one of the same group is left out: "not working" hides "working".
        Of each entry the first 16 places in the text are looked at.
        """
        hits = self._latin(text) + self._korean(text) + self._bare(text)
        hits.sort(key=lambda hit: (hit.start, -hit.end))
        reached: dict[str, tuple[int, int]] = {}
        kept = []
        for hit in hits:
            group = hit.entry.label.partition("/")[0]
            start, end = reached.get(group, (-1, -1))
            if hit.end > end or (hit.start, hit.end) == (start, end):
                reached[group] = (hit.start, hit.end)
                kept.append(hit)
        return kept

    def _words(self, text: str) -> Words:
        words: list[str] = []
        spans: list[tuple[int, int]] = []
        clauses: list[int] = []
        clause = 0
        for match in WORD.finditer(text):
            word = match[0]
            if not word[0].isalpha():
                clause += 1
                continue
            clause += word in self._negation.breaks
            words.append(word)
            spans.append(match.span())
            clauses.append(clause)
        return Words(words=tuple(words), spans=tuple(spans), clauses=tuple(clauses))

    def _latin(self, text: str) -> list[Hit]:
        found = self._words(text)
        hits = []
        places = Counter[int]()
        for index, word in enumerate(found.words):
            for entry, length in self._at(found, index, word):
                places[id(entry)] += 1
                if places[id(entry)] > MOST_PLACES:
                    continue
                last = found.spans[index + length - 1]
                negated = self._negation.covers(found, index)
                start = found.spans[index][0]
                hits.append(Hit(entry=entry, start=start, end=last[1], negated=negated))
        return hits

    def _at(self, found: Words, index: int, word: str) -> list[tuple[Entry, int]]:
        matches: list[tuple[Entry, int]] = []
        if (stems := self._prefix.get(word[:3])) is not None:
            matches += [(entry, 1) for stem, entry in stems if word.startswith(stem)]
        if (alone := self._alone.get(word)) is not None:
            matches += [(entry, 1) for entry in alone]
        after = self._first.get(word)
        if after is not None and index + 1 < len(found.words):
            for rest, entry in after.get(found.words[index + 1], ()):
                end = index + 2 + len(rest)
                if found.words[index + 2 : end] == rest:
                    matches.append((entry, end - index))
        return matches

    def _korean(self, text: str) -> list[Hit]:
        hits = []
        places = Counter[int]()
        for word in HANGUL.finditer(text):
            first = word.start()
            for at in range(first, word.end()):
                for inside, stem, entry in self._stems(text, at):
                    if not (inside or at == first) or not text.startswith(stem, at):
                        continue
                    places[id(entry)] += 1
                    if places[id(entry)] <= MOST_PLACES:
                        end = at + len(stem)
                        negated = self._negated_ko(text, at, end)
                        hits.append(Hit(entry=entry, start=at, end=end, negated=negated))
        return hits

    def _stems(self, text: str, at: int) -> Iterable[tuple[bool, str, Entry]]:
        return chain(self._stem.get(text[at : at + 2], ()), self._stem.get(text[at], ()))

    @staticmethod
    def _negated_ko(text: str, start: int, end: int) -> bool:
        return bool(BEFORE_KO.search(text[max(0, start - 4) : start]) or AFTER_KO.match(text, end))

    def _bare(self, text: str) -> list[Hit]:
        return [
            Hit(entry=entry, start=match.start(), end=match.end(), negated=False)
            for match in self._marks.finditer(text)
            for entry in self._mark[match[0]]
        ]
