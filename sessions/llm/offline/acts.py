"""What a message does in the conversation: greets, asks, recalls, agrees, corrects, or tells."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from msgspec import Struct

from sessions.llm.offline.gladness import standing, turned
from sessions.llm.offline.trouble import is_good

__all__ = ["Act", "read_act", "read_acts", "without_greeting"]

LONGEST = 1_200
LETTER = re.compile(r"[^\W\d_]")
DIGIT = re.compile(r"\d")
LINK = re.compile(r"^\s*(?:(?:https?://|www\.)\S+\s*)+$")
CODE = re.compile(
    r"```|^\s*(?:def |class |import |function |const |let |var |SELECT |#include|public |"
    r"Traceback|for \(|if \(|\}\s*else)|(?:=>|;\s*$|\(\)\s*\{|!=|==)",
    re.MULTILINE,
)
SYMBOL = re.compile(
    r"[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B50\u2764<3]|[:;=][-']?[()DPp/|]|[ㅠㅜ]"
)
HALVES = re.compile(
    r",?\s+(?:and|then|also)\s+(?=(?:what|when|who|do you|did i|how|where|which)\b)|[?.!]\s+"
    r"|(?<=[뭐누구언제였디]고)[,\s]+|(?<=[가-힣]고)[,\s]+(?=.*(?:뭐|언제|누구))",
    re.IGNORECASE,
)
# Two things under one verb: what are my name and my goal, 이름이랑 목표가 뭐였죠.
LISTED = {
    "en": re.compile(
        r"(?P<start>.*?\b(?:what|tell me|remember)\b.*?\s)(?P<one>(?:my|the) \w+) and"
        r" (?P<two>(?:my|the) \w+)(?P<end>(?: again| was| were)?)",
        re.IGNORECASE,
    ),
    "ko": re.compile(
        r"(?P<start>(?:제|내)\s?)(?P<one>[가-힣]+?)(?:이랑|랑|하고|과|와)\s(?:제\s|내\s)?"
        r"(?P<two>[가-힣]+?)(?:이|가|은|는)?(?P<end>\s.*)"
    ),
}
# A question about what is to be tells of nothing that went well.
ASKED = re.compile(r"(?:when|will|how|what|why|is|are|does|do|can|could|should) [^.!?]*\?$")
GREETING = re.compile(
    r"^\s*(?:hi+|hello+|hey+|hiya|good (?:morning|afternoon|evening)|안녕하세요|안녕|하이)"
    r"(?: there| again| everyone| all| lua| elro| riri| nana|요)?+(?:[\s,.!~]+|$)",
    re.IGNORECASE,
)


class Act(Struct, frozen=True, kw_only=True):
    """The act's name, and the words that it is about when it names some."""

    name: str
    about: str = ""


class _Rule(Struct, frozen=True, kw_only=True):
    act: str
    patterns: tuple[re.Pattern[str], ...]
    words: int
    needs: tuple[str, ...]


def read_act(text: str, language: str) -> Act:
    """Return what `text` does; `tell` when it simply tells something.

    Without letters: `symbol`, `number` or `empty`; `link` and `code` when nothing else is there.
    """
    text = text[:LONGEST]
    if LINK.match(text):
        return Act(name="link")
    if not LETTER.search(text) or not re.sub(r"[ㅠㅜ\W\d_]+", "", text):
        return Act(name=_wordless(text))
    folded = without_greeting(" ".join(text.replace("’", "'").casefold().split()))
    words = len(folded.split())
    for rule in _rules(language):
        if words > rule.words or (rule.act.startswith("progress") and ASKED.match(folded)):
            continue
        if rule.needs and not any(each in folded for each in rule.needs):
            continue
        for pattern in rule.patterns:
            if (match := pattern.search(folded)) is None:
                continue
            if rule.act != "progress_good" or _is_meant(folded, match, language):
                return Act(name=rule.act, about=_as_written(_about(match), text))
    return Act(name="code" if len(CODE.findall(text)) > 1 else "tell")


def read_acts(text: str, language: str) -> tuple[Act, ...]:
    """Return the acts of the halves of a question (my name, and what I said), in their order."""
    halves = HALVES.split(text[:LONGEST])
    listed = LISTED[language].fullmatch(text.strip(" ?.!"))
    if listed is not None:
        halves = [listed["start"] + listed[each] + listed["end"] for each in ("one", "two")]
    acts = [act for half in halves if (act := read_act(half, language)).name.startswith("recall")]
    distinct = {(act.name, act.about): act for act in acts}
    return tuple(distinct.values()) if len(distinct) > 1 else (read_act(text, language),)


def without_greeting(text: str, *, all_of_it: bool = False) -> str:
    """Return the text without a greeting that opens it.

    A greeting that is the whole text stays, unless `all_of_it` is to go.
    """
    rest = GREETING.sub("", text)
    return rest if all_of_it or len(rest) > 3 else text


def _is_meant(text: str, match: re.Match[str], language: str) -> bool:
    """Tell whether what sounds like good news is some, and nothing is set against it."""
    if standing(text, match, language) != "joy":
        return False
    against = turned(text, match.end(), language)
    return against is None or is_good(against, language)


def _wordless(text: str) -> str:
    if SYMBOL.search(text):
        return "symbol"
    return "number" if DIGIT.search(text) else "empty"


def _as_written(folded: str, text: str) -> str:
    """Return the words as they stand in the text, with their capitals."""
    match = re.search(re.escape(folded), text, re.IGNORECASE) if folded else None
    return match[0] if match is not None else folded


def _about(match: re.Match[str]) -> str:
    named = match.groupdict().values()
    return next((each.strip() for each in named if each), "")


@cache
def _rules(language: str) -> tuple[_Rule, ...]:
    packaged = files(__package__).joinpath("data", "acts.toml").read_text(encoding="utf-8")
    return tuple(
        _Rule(
            act=rule["act"],
            patterns=tuple(re.compile(each, re.IGNORECASE) for each in rule["any"]),
            words=rule.get("words", 1_000),
            needs=tuple(rule.get("needs", ())),
        )
        for rule in tomllib.loads(packaged)[language]
    )
