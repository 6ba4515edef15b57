"""Small talk and introductions: what a message says besides them."""

import re

from sessions.llm.offline.acts import read_act, without_greeting
from sessions.notes import extract

__all__ = ["besides_name", "tells"]

# Acts that tell nothing of the user's life.
SOCIAL = frozenset(
    [
        *("greeting", "thanks", "bye", "sorry", "laugh", "joke", "symbol", "empty", "link", "help"),
        *("ask_feel", "ask_ai", "ask_model", "ask_able", "ask_who", "ask_private", "ask_memory"),
        *("ask_language", "ask_opinion", "invite", "change", "state", "complaint", "abuse", "fact"),
        *(
            "complaint_asks",
            "complaint_again",
            "yes",
            "no",
            "ok",
            "unsure",
            "number",
            "recall_name",
        ),
    ]
)
PLEASED = re.compile(
    r"\b(?:it's |it is )?(?:so )?(?:nice|pleased|good|glad|great|lovely)"
    r" to (?:meet|know) you(?: too)?\b"
    r"|(?:만나서 |알게 돼서 )?(?:반가워요?|반갑습니다|반가워용)|잘 부탁(?:해요?|드려요|드립니다)",
    re.IGNORECASE,
)
EN_BEFORE = (
    r"(?:\bmy name(?: is|'s)|\b(?:i'm|i am|im|this is|it's)|\b(?:please |you can |just )?call me)"
)
EN_AFTER = r"(?:,? (?:by the way|btw|here|actually))?"
KO_BEFORE = r"(?:(?:저는|나는|난|전|제|내)\s+)?(?:이름은\s+)?"
KO_AFTER = (
    r"(?:이?라고\s*(?:해요|합니다|해|불러\S*|부르\S*)|이에요|예요|에요|입니다|이야|야|이고|고|임)"
)
EDGE = re.compile(r"^[\s,.!~;:]*(?:(?:and|but|so)\b|그리고|근데)?[\s,.!~;:]*", re.IGNORECASE)


def besides_name(text: str, name: str) -> str:
    """Return the text without its greeting and without the words that give `name`; may be empty."""
    known = re.escape(name)
    given = re.compile(
        rf"{EN_BEFORE} {known}\b{EN_AFTER}|{KO_BEFORE}{known}{KO_AFTER}", re.IGNORECASE
    )
    curly = text.replace("’", "'")
    rest = PLEASED.sub("", given.sub("", curly, count=1))
    if rest == curly:
        return text
    bare = EDGE.sub("", without_greeting(EDGE.sub("", rest), all_of_it=True)).strip()
    return bare if re.search(r"\w", bare) else ""


def tells(text: str, language: str) -> bool:
    """Tell whether a message is about its writer's life, and not only small talk."""
    if read_act(text, language).name in SOCIAL:
        return False
    name = next((note.text for note in extract(text, "then") if note.kind == "name"), "")
    rest = besides_name(text, name) if name else text
    return bool(rest) and read_act(rest, language).name not in SOCIAL
