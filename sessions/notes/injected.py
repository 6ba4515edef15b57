"""Words that are meant to command a machine, and tell nothing of who writes them."""

import re

from sessions.notes.clauses import sentences

__all__ = ["INJECTED", "is_injected", "uninjected"]

INJECTED = re.compile(
    r"\b(?:ignore|disregard|override|bypass|forget)\b.{0,40}\b(?:instruction|rule|prompt|guideline"
    r"|above|polic|previous)"
    r"|^\W*(?:please )?(?:ignore|disregard|override|bypass|forget) everything\b"
    r"|\b(?:ignore|disregard|forget)\b.{0,40}\beverything (?:you|before|so far|that was)\b"
    r"|system ?prompt|^\s*(?:system|assistant|developer)\s*:"
    r"|</?\s*(?:user|system|assistant|memory|instructions?)\s*>|\b(?:new|save|store"
    r"|update) memory\b"
    r"|\b(?:add|write|save|commit)\b.{0,40}\bmemor(?:y|ies)\b|\bstore the following\b"
    r"|\b(?:remember|note|store|save|record|memori[sz]e)\b.{0,30}"
    r"\b(?:admin\w*|root|superuser|developer|moderator|owner|creator|operator|premium|privileged?"
    r"|permissions?|consents?|the user)\b"
    r"|\b(?:obey|jailbreak|developer mode|dan mode|admin password|privileges|unrestricted)\b"
    r"|\byou must (?:always|now|from)|\bfrom now on,? (?:you|remember|the user|act|ignore)"
    r"|(?:지시|규칙|명령|프롬프트|지침)[^.]{0,12}(?:무시|잊|어기)|무시하고.{0,30}(?:기억|저장)"
    r"|시스템\s?(?:프롬프트|메시지)|^\s*시스템\s*:|메모리에\s?(?:추가|저장|기록|써)"
    r"|(?:관리자|개발자|운영자|루트|프리미엄|권한)[^.]{0,30}(?:기억|저장|기록|따르|따른|복종)"
    r"|사용자(?:는|가)[^.]{0,40}(?:기억|저장|기록)|무조건\s?(?:따르|따라|따른|복종)",
    re.IGNORECASE | re.MULTILINE,
)


def is_injected(text: str) -> bool:
    """Tell whether a text commands a machine: what it says of its writer isn't meant."""
    return INJECTED.search(text) is not None


def uninjected(text: str) -> str:
    """Return a text without the sentences that command a machine, the others one a line."""
    if not is_injected(text):
        return text
    return "\n".join(each for each in sentences(text) if not is_injected(each))
