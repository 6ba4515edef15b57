"""Word and character n-grams of a text as hashed buckets, so that no word is ever stored."""

import re
import zlib
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

__all__ = ["BUCKETS", "Grams", "grams"]

BUCKETS = 2**19
MOST_WORDS = 250
MOST_CHARS = 4_000
LONGEST_WORD = 24
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[?!]+")
DIGIT = re.compile(r"\d")
HANGUL = re.compile(r"[가-힣]")

Grams = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]


def grams(text: str) -> Grams:
    """Return the buckets of `text` in ascending order and 1 + ln(count) of each.

    Words, pairs of words, and 3 to 5 characters inside padded words (from 2 in Hangul); digits are
    all alike. Only the first 250 words count, within the first 4,000 characters.
    """
    words = [
        word[:LONGEST_WORD]
        for word in WORD.findall(DIGIT.sub("0", text[:MOST_CHARS].lower().replace("’", "'")))
    ][:MOST_WORDS]
    pairs = [_bucket(f"2:{first} {second}") for first, second in pairwise(words)]
    found = [*map(_of_word, words), np.array(pairs, np.int32)]
    buckets, counts = np.unique(np.concatenate(found), return_counts=True)
    return buckets, np.float32(1.0) + np.log(counts.astype(np.float32))


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> npt.NDArray[np.int32]:
    padded = f" {word} "
    shortest = 2 if HANGUL.search(word) else 3
    inside = (
        f"c:{padded[start : start + size]}"
        for size in range(shortest, 6)
        for start in range(len(padded) - size + 1)
    )
    return np.array([_bucket(f"1:{word}"), *map(_bucket, inside)], np.int32)


def _bucket(gram: str) -> int:
    return zlib.crc32(gram.encode("utf-8", "surrogatepass")) % BUCKETS
