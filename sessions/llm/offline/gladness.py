"""Whether a glad word is meant: it may be denied, only hoped for, somebody else's, or turned."""

import re

from sessions.llm.offline import gladness_words as words

__all__ = ["MISSED", "opens_with_turn", "speaks_of_effort", "standing", "turned"]

# A joy that somebody else had, and the writer had not.
MISSED = "missed"


def standing(text: str, match: re.Match[str], language: str) -> str:
    """Return what becomes of a glad `match` in `text`: joy, MISSED, or "" where it is not meant."""
    parts = [*words.CUT[language].finditer(text, 0, match.start())]
    before = text[parts[-1].end() if parts else 0 : match.start()]
    rest = text[match.end() :]
    if language == "ko":
        return _korean(text, before, rest)
    return _whose(text, match, before, rest) if _is_meant(match, before, rest) else ""


def turned(text: str, end: int, language: str) -> str | None:
    """Return what is set against the joy that ends at `end`, None when nothing is.

    What a Korean -는데 only leads over to has to be denied or missing to count.
    """
    head, rest = text[:end], text[end:]
    if language == "en" and words.YIELDING.search(head) and "," in rest:
        return rest.partition(",")[2]
    found = words.TURN[language].search(rest) or words.ALONG.search(rest)
    after = rest[found.end() :].strip(" .!?,~ㅠㅜ") if found is not None else ""
    loose = found is not None and words.LOOSE.search(found[0]) is not None
    return None if not after or (loose and not words.DENIED_KO.search(after)) else after


def opens_with_turn(text: str, language: str) -> bool:
    """Tell whether a message sets something against what was said before it.

    "Still" and 근데 as often only go on: what they bring has to be denied or missing.
    """
    if words.OPENS[language].match(text) is None:
        return False
    loose = words.OPENS_LOOSELY.match(text) is not None
    return not loose or words.DENIED[language].search(text) is not None


def speaks_of_effort(text: str) -> bool:
    """Tell whether a message says how hard somebody worked for their joy."""
    return words.EFFORT.search(text) is not None


def _is_meant(match: re.Match[str], before: str, rest: str) -> bool:
    """Tell whether a glad word is neither denied nor hoped for, and is one at all."""
    if words.UNREAL.search(words.SEEMING.sub(" ", before)):
        return False
    if words.NOTHING.match(rest) or words.BAD.search(match[0]):
        return False
    if any(word.search(match[0]) and not goes.match(rest) for word, goes in words.AFTER):
        return False
    others = words.OTHERS.search(before) and not words.SELF.search(before)
    return not (others and words.FELT.search(match[0]))


def _whose(text: str, match: re.Match[str], before: str, rest: str) -> str:
    if not words.VERB.match(match[0]) or words.OWN.search(before) or words.NOBODY.match(before):
        return "joy"
    around = f"{text[: match.start()]} … {rest}"
    if "my" in match[0].split() or words.ONLY.search(before) or words.LEFT_OUT.search(around):
        return MISSED
    return "joy" if words.DEAR.search(before) else ""


def _korean(text: str, before: str, rest: str) -> str:
    if words.BEFORE_KO.search(before) or words.AFTER_KO.match(rest):
        return ""
    other = words.OTHER_KO.search(before) is not None
    fell = words.FELL_KO.search(text) and (other or words.DEAR_KO.search(before))
    without = words.WITHOUT_KO.search(text) or words.WANTED_KO.search(text)
    if fell or without or words.ONLY_KO.search(before):
        return MISSED
    return "" if other else "joy"
