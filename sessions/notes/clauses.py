"""Prose cut into sentences and clauses, in English and Korean."""

import re

__all__ = ["clauses", "has_hangul", "prose", "sentences", "shortened"]

CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
LINK = re.compile(r"(?:https?://|www\.)\S+")
MARKUP = re.compile(r"^[ \t]*(?:>+|#{1,6}|[-*•]|\d{1,2}[.)])[ \t]+", re.MULTILINE)
SENTENCE_END = re.compile(r"(?<=[.!?…。！？~])[\"'”’)]*\s+|(?<=[ㅠㅜㅋㅎ]{2})\s*(?![ㅠㅜㅋㅎ])|\n+")
ENGLISH_SUBJECT = (
    r"(?=(?:i|i'm|i've|i'd|my|he|he's|she|she's|they|we|we're|it|it's|the|nobody|everyone)\b)"
)
ENGLISH_JOINT = (
    r",?\s+(?:but|because|although|though|even though|except|however|whereas)\s+"
    rf"|,?\s+(?:and|so|then|yet)\s+{ENGLISH_SUBJECT}"
    r"|;\s*|:\s+(?!to )|\s+[-–—]+\s+|—|\s*\.\.\.\s*|…\s*"
)
NARROW_JOINT = re.compile(ENGLISH_JOINT, re.IGNORECASE)
WIDE_JOINT = re.compile(rf"{ENGLISH_JOINT}|,\s+{ENGLISH_SUBJECT}", re.IGNORECASE)
# After "if …," comes what holds only then: such a sentence is not cut at its comma.
CONDITION = re.compile(r"(?:if|when|whenever|unless|once|until|had)\b", re.IGNORECASE)
KOREAN_JOINT = re.compile(
    r"(?<=[는은던인한운된]데),?\s+|(?<=지만),?\s+|(?<=라서),?\s+|(?<=니까),?\s+|(?<=거든),?\s+"
    r"|;\s*|\s+[-–—]+\s+|\s*\.\.\.\s*|…\s*"
)
HANGUL = re.compile(r"[가-힣]")
HEAD_CHARS, TAIL_CHARS = 2_200, 800


def prose(text: str) -> str:
    """Return the text without code, links and list marks; of a long one its head and its end."""
    if len(text) > HEAD_CHARS + TAIL_CHARS:
        text = f"{text[:HEAD_CHARS]}\n{text[-TAIL_CHARS:]}"
    bare = LINK.sub(" ", CODE.sub(" ", text)).replace("’", "'").replace("‘", "'")
    return MARKUP.sub("", bare).strip()


def has_hangul(text: str) -> bool:
    """Tell whether the text holds a Hangul syllable."""
    return HANGUL.search(text) is not None


def sentences(text: str) -> list[str]:
    """Return the sentences of `text` without surrounding space, empty ones left out."""
    return [" ".join(each.split()) for each in SENTENCE_END.split(text) if each.strip()]


def clauses(sentence: str) -> list[str]:
    """Return the parts of a sentence that could stand alone, without final punctuation."""
    if has_hangul(sentence):
        joint = KOREAN_JOINT
    else:
        joint = NARROW_JOINT if CONDITION.match(sentence) else WIDE_JOINT
    parts = (part.strip(' \t,.!?~…"“”()*_') for part in joint.split(sentence))
    return [part for part in parts if part]


def shortened(text: str, chars: int) -> str:
    """Return `text` cut at a word to at most `chars` characters, never inside a word."""
    text = " ".join(text.split())
    if len(text) <= chars:
        return text
    cut = text[: chars + 1].rsplit(" ", 1)[0]
    return (cut if len(cut) <= chars else text[:chars]).rstrip(" ,;:-")
