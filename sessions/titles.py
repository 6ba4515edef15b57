"""What a session is called, made from what the user says first."""

import re

from sessions.notes import extract
from sessions.notes.clauses import clauses, has_hangul, prose, sentences, shortened
from sessions.safety.classify import check

__all__ = ["MOST_CHARS", "is_weak", "title_from"]

MOST_CHARS = 48
HEAD_CHARS = 600
TELLING = ("goal", "obstacle")
GREETING = re.compile(
    r"(?:hi+|hello|hey+|yo|good (?:morning|afternoon|evening|day|night)|thanks|thank you|ok(?:ay)?"
    r"|yes|no|sure|test(?:ing)?|help(?: me)?|how are you(?: doing)?(?: today)?|what'?s up"
    r"|nice to meet you|(?:i'm|i am|im|my name is|this is|call me)(?: \w+){1,2}"
    r"|안녕(?:하세요|하십니까)?|하이|반가워요?|반갑습니다|여보세요|저기요?|네|넵|응|감사합니다|고마워요?|테스트"
    r"|도와주세요|(?:제 )?이름은 \S+|(?:저는|나는|전) [가-힣]{2,4}(?:예요|이에요|입니다|야))"
    r"(?:[ ,]+(?:there|all|everyone|lua|elro|riri|nana|again|so much|루아|엘로|리리|나나))*",
    re.IGNORECASE,
)
LEAD = re.compile(
    r"^(?:(?:hi+|hello|hey+|ok(?:ay)?|so|well|um+|please|안녕하세요|안녕|저기|음|그)\b[,!.\s]+)*"
    r"(?:(?:(?:can|could|would|will) you (?:please |maybe )?"
    r"(?:help me (?:to |with |out with )?|tell me |explain |show me )?"
    r"|i(?:'d| would) (?:like|love) (?:(?:some |your )?(?:help|advice) (?:with|on|about) "
    r"|to (?:ask (?:you )?(?:about )?|talk (?:to you )?(?:about )?)?)"
    r"|i (?:just )?(?:need|want)(?: some)? (?:help|advice) (?:with|on|about) |i need you to "
    r"|help me (?:to |with )?|please |i was wondering (?:if|whether) |i have a question about "
    r"|let's talk about |tell me (?:about )|do you know |저는 |제가 |나는 |내가 ))?",
    re.IGNORECASE,
)
ASKING = re.compile(r"(?:[\s,]+please|[\s,]+thanks|[\s,]+thank you)?[\s?]*$", re.IGNORECASE)
QUIET = {"en": "Talking something through", "ko": "마음을 나누는 이야기"}


def title_from(text: str) -> str:
    """Return a short line that names what a message is about, "" when it has no words.

    A goal or an obstacle the user names, else the sentence that says most, without greetings and
    what leads to a request. Words that call for human help do not become a title.
    """
    text = text[:HEAD_CHARS]
    told = [each for each in sentences(prose(text)) if not is_weak(each)]
    if not told:
        return _line(text)
    if check(text) is not None:
        return QUIET["ko" if has_hangul(text) else "en"]
    notes = extract(text, "")
    named = (note.text for kind in TELLING for note in notes if note.kind == kind)
    return _line(next(named, "") or _bare(_fullest(told)))


def is_weak(title: str) -> bool:
    """Tell whether a title says nothing: it is empty or only greets."""
    parts = [part for part in clauses(title) if any(map(str.isalnum, part))]
    return all(GREETING.fullmatch(each.strip()) for part in parts for each in part.split(","))


def _fullest(told: list[str]) -> str:
    """Return the first sentence that is long enough to say what it is about, else the longest."""
    return next((each for each in told if len(each) > MOST_CHARS // 3), max(told, key=len))


def _bare(sentence: str) -> str:
    bare = LEAD.sub("", sentence, count=1)
    if bare == sentence or len(bare) <= MOST_CHARS // 8:
        return sentence
    return ASKING.sub("", bare)


def _line(words: str) -> str:
    line = " ".join(words.split())
    short = shortened(line, MOST_CHARS - 1).strip(" .,!;:")
    cut = len(short) < len(line.strip(" .,!;:"))
    return short[:1].upper() + short[1:] + ("…" if cut and short else "")
