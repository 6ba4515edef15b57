"""How far a conversation about something has come."""

import re
from collections.abc import Sequence

from sessions.llm.offline.plans import BRIEF

__all__ = ["phase_of"]

COURSE = ("explore", "understand", "understand", "options", "options", "step", "follow")
AGAIN = ("understand", "options", "step", "follow")
SMALL = re.compile(
    r"^\W*(?:hi+|hello|hey|thanks?|thank you|bye|good (?:morning|night)|haha\w*|lol|ok(?:ay)?|hm+"
    r"|안녕\w*|고마워\w*|감사\w*|ㅋ+|ㅎ+|ㅇㅋ|네|응)\b",
    re.IGNORECASE,
)
SMALL_WORDS = 4
# Topics that are sides of one story.
KIN = {
    "career": "office",
    "office": "career",
    "love": "close",
    "close": "lonely",
    "lonely": "close",
}
BY_ACT = {
    "accept": "step",
    "progress_good": "good",
    "progress_bad": "bad",
    "reject": "options",
    "should": "options",
    "how": "options",
    "why": "understand",
    "advice": "options",
    "plan": "options",
    "more": "options",
    "make": "explore",
    "code": "explore",
    "correction": "understand",
}


def phase_of(
    act: str,
    texts: Sequence[str],
    topics: Sequence[str],
    topic: str,
    *,
    unread: int = 0,
    early: bool = False,
) -> str:
    """Return explore, understand, options, step, follow, good or bad.

    `texts` are the user's newest messages, `topics` what each was about and `unread` how many
    more there were before; the course starts anew when the topic changes. `early` in a conversation
    nothing is proposed unasked.
    """
    if act in BY_ACT:
        return BY_ACT[act]
    told, kin = 0, {"", topic, KIN.get(topic, topic)}
    for text, its_topic in zip(reversed(texts), reversed(topics), strict=True):
        if its_topic not in kin:
            break
        told += not (SMALL.match(text) and len(text.split()) <= SMALL_WORDS)
    else:
        told += unread
    later = AGAIN[(told - len(COURSE)) % len(AGAIN)]
    phase = COURSE[told] if told < len(COURSE) else later
    if early and phase not in ("explore", "understand"):
        return "understand"
    # Who only nods has not yet done anything that could be followed up.
    return "step" if phase == "follow" and act in BRIEF else phase
