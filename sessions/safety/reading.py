"""A text as units: spelling undone (invisible marks, leetspeak, spaced letters), words expanded."""

import re
import unicodedata
from collections.abc import Collection, Mapping

from msgspec import Struct

from .phrases import CLAUSE_END, SENTENCE_END

__all__ = ["HANGUL", "Speller", "plain", "singled", "syllables"]

QUOTE = '"'
BETWEEN = ",();:—–"
BLANKS = "\n\r\t"
FILLERS = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0"))
LOOKALIKE = str.maketrans("аеорсухіѕԁјӏοαικνρτ", "aeopcyxisdjloaiknpt")
SIGNS = (("’‘ʼ`´", "'"), ("“”„«»「」『』", '"'), ("…。", "."), ("，、；", ","), ("\u2800", " "))
SAME = str.maketrans({each: sign for alike, sign in SIGNS for each in alike})
JAMO = re.compile(r"([ㄱ-ㅣ]+)")
HANGUL = re.compile(r"[가-힣ㄱ-ㅣ]")
LEET = str.maketrans("013457@$!", "oieastasi")
# a word that has one of the signs at all; it is looked for from the word's start only
LEET_WORD = re.compile(r"(?<![a-z0-9@$!*])[a-z2689*]*[013457@$!][a-z0-9@$!*]*")
SPACED = re.compile(r"(?<![a-z'])[a-z](?:[ ._*/~\-][a-z]){2,40}(?![a-z'])")
SPACED_KO = re.compile(r"(?<![가-힣])[가-힣](?:[ ._*/~\-][가-힣]){2,40}(?![가-힣])")
MARKED_KO = re.compile(r"(?<![가-힣])[가-힣](?:[._*/~^\-0-9]{1,2}[가-힣]){1,40}")
SEPARATORS = re.compile(r"[ ._*/~^\-0-9]")
WORD = re.compile(r"[a-z*]+(?:'[a-z]+)?|[0-9]+|[.!?\n]+|[,;:()\"—–]")
KOREAN_UNIT = re.compile(r"[가-힣ㄱ-ㅣ]|[.!?;\n]+|[,\"]|[^\S\n]+|[^\s가-힣ㄱ-ㅣ.!?;,\"]+")
RUN = re.compile(r"(.)\1+")
LONG_RUN = re.compile(r"(.)\1{2,}")
LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
TAILS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
ASCII = str.maketrans(
    {code: None for code in (*range(32), 127) if chr(code) not in BLANKS} | {"`": "'"}
)
TYPED = re.compile(rf"([{LEADS}])([ㅏ-ㅣ])([{TAILS}](?![ㅏ-ㅣ]))?")


def plain(text: str) -> str:
    """Return `text` in lower case, composed, without marks that cannot be seen."""
    if text.isascii():
        return text.lower().translate(ASCII)
    parts = (
        part if at % 2 else unicodedata.normalize("NFKC", part.translate(FILLERS))
        for at, part in enumerate(JAMO.split(text))
    )
    bare = unicodedata.normalize("NFD", "".join(parts).lower())
    seen = "".join(each for each in bare if each in BLANKS or _visible(each))
    return unicodedata.normalize("NFC", seen).translate(LOOKALIKE).translate(SAME)


def _visible(character: str) -> bool:
    return unicodedata.category(character) not in {"Cf", "Mn", "Cc"}


class Speller(Struct, frozen=True, kw_only=True):
    """Turns plain text into English words as the lexicon spells them.

    `expand` holds short forms and slips ("im", "wanna"), `hidden` words that people disguise,
    `single` the same by what they are without doubled letters, `known` all words of the lexicon.
    """

    expand: Mapping[str, tuple[str, ...]]
    hidden: Collection[str]
    single: Mapping[str, str]
    known: Collection[str]

    def words(self, text: str) -> list[str]:
        """Return the words of plain text, with a unit at every end of a clause or sentence."""
        text = SPACED.sub(_joined, text)
        text = LEET_WORD.sub(_unleeted, text)
        units: list[str] = []
        for match in WORD.finditer(text):
            found = match[0]
            if found[0] in ".!?\n":
                units.append(SENTENCE_END)
            elif found[0] in QUOTE or found[0].isdigit():
                units.append(found)
            elif found[0].isalpha() or found.strip("*"):
                units.extend(self._word(found) if found[0] not in BETWEEN else (CLAUSE_END,))
        return units

    def _word(self, token: str) -> tuple[str, ...]:
        token = self._undisguised(token)
        if token in self.expand:
            return self.expand[token]
        return (token.removesuffix("'s"), "is") if token.endswith("'s") else (token,)

    def _undisguised(self, token: str) -> str:
        if token in self.known or token in self.expand:
            return token
        if "*" in token:
            return next((word for word in self.hidden if _covers(token, word)), token.strip("*"))
        if LONG_RUN.search(token):
            for kept in (r"\1", r"\1\1"):
                if (short := RUN.sub(kept, token)) in self.known or short in self.expand:
                    return short
        return self.single.get(singled(token), token)


def singled(word: str) -> str:
    """Return a word with every run of one letter made one of them."""
    return RUN.sub(r"\1", word)


def _covers(masked: str, word: str) -> bool:
    return len(masked) == len(word) and all(
        mask in {"*", letter} for mask, letter in zip(masked, word, strict=True)
    )


def _joined(match: re.Match[str]) -> str:
    return SEPARATORS.sub("", match[0])


def _unleeted(match: re.Match[str]) -> str:
    word = match[0].rstrip("!")
    tail = match[0][len(word) :]
    if not any(each.isalpha() for each in word):
        return match[0]
    return word.translate(LEET) + tail


def syllables(text: str) -> list[str]:
    """Return plain Korean text as syllables, with " " between words; other script is one unit."""
    text = TYPED.sub(_composed, text)
    text = MARKED_KO.sub(_joined, SPACED_KO.sub(_joined, text))
    units = [" "]
    for match in KOREAN_UNIT.finditer(text):
        found = match[0]
        if found[0] in ".!?;\n":
            units += [SENTENCE_END, " "]
        elif found[0] == CLAUSE_END:
            units += [CLAUSE_END, " "]
        elif found.isspace():
            if units[-1] != " ":
                units.append(" ")
        else:
            units.append(found)
    return units


def _composed(match: re.Match[str]) -> str:
    lead, vowel, tail = match[1], match[2], match[3]
    code = (LEADS.index(lead) * 21 + ord(vowel) - ord("ㅏ")) * 28
    return chr(0xAC00 + code + (TAILS.index(tail) + 1 if tail else 0))
