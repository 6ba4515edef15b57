"""Whether a day that a text names is one that has been, and whose event it is."""

import re

from sessions.notes.clauses import ENGLISH_JOINT, KOREAN_JOINT, has_hangul
from sessions.notes.words import words

__all__ = ["is_past", "is_theirs"]

_JOINT = re.compile(rf"{ENGLISH_JOINT}|[.!?]\s|,\s+(?=i\b)", re.IGNORECASE)
_LAST_BEFORE = re.compile(
    r"(?:\b(?:last|past|previous)(?: week)?(?: on)?|(?:지난|저번)\s?주?)\s*$", re.IGNORECASE
)
_LAST_AFTER = re.compile(r"\s*(?:of |in )?(?:last week\b|.{0,20}\bago\b)", re.IGNORECASE)
_TOWARDS = re.compile(r"\b(?:for|to|by|before|until|till|due|next|this|coming)\s*$", re.IGNORECASE)
_TOWARDS_WITHIN = re.compile(r"(?:by|before|until|till|due|next|this|coming)\b", re.IGNORECASE)
_WAS_DUE = re.compile(r"\b(?:was|were) (?:only )?due\b", re.IGNORECASE)
_SHOULD_HAVE = re.compile(r"어야\s?(?:했|됐)")
_WILL = re.compile(r"(?:\b(?:will|shall)|'ll|\bgoing to|\bgonna)\b", re.IGNORECASE)
# Told of the past and done about what is to come: "I was invited to an interview on Friday".
_ARRANGED = re.compile(
    r"\b(?:scheduled|rescheduled|booked|moved|postponed|set|arranged|planned|agreed|promised"
    r"|decided|registered|signed|enrolled|invited|offered|preparing|prepping|studying|revising|practi[sc]ing|asked|confirmed|pushed|committed|told)\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"(?P<past>\b(?:did(?:n't| not)?(?: \w+)?|had|was|were|wasn't|weren't|hadn't|failed|missed"
    r"|passed|finished|handed|submitted|skipped|bombed|aced|flunked|messed|screwed|blew|happened"
    r"|started|ended|sat|took|got|went|came|made|gave|lost|won|met|saw|wrote|ran|flew|left|flopped"
    r"|botched|forgot|attended|presented|pitched|performed|interviewed|fell|broke|spoke|applied"
    r"|worked|ruined|nailed|survived|turned|tried|felt|choked|froze|crashed|retook|launched"
    r"|overslept|cancell?ed|played|talked|visited|died)\b)"
    r"|(?<!to )(?:\b(?:am|is|are|have|has|need|needs|want|wants|must|should|can|do|does|starts?"
    r"|begins?|comes?|takes?|gets?|got to)\b|'m\b|'re\b|\b(?:it|that|there|here|he|she|what)'s\b)",
    re.IGNORECASE,
)
_KOREAN_TOWARDS = re.compile(r"\s?(?:으로|로|까지|전에|부터|안에)(?![가-힣])")
# What stands between a day to come and what was done about it: "금요일에 시험이 있어서 공부했어요".
_KOREAN_STILL = re.compile(
    r"있[어는고으다습]|이?라서?\s|인데|예정|때문|준비|공부|연습|걱정|긴장|앞두|기로|잡[혔았]|정해|확정|연기|미[뤄루]"
    r"|옮[겼겨]|변경|바[뀌꼈꿨]|예약|신청|약속|접수|등록|초대|연락|하라|[라다자]고\s|[될할갈볼]\s"
)
_KOREAN_WILL = re.compile(r"[가-힣]\s?(?:[게께]요?(?=$|[\s.,!~])|거예요|겁니다)|겠|는지|할 것|예정")
_BEEN, _DOUBLE_S = frozenset("있겠"), 20
_RELATIVES = "|".join(words("english")["relatives"])
_RELATIVES_KO = "|".join(words("korean")["relatives"])
_LEAD = r"^(?:(?:and|but|so|well|oh),? )*"
_HAVE = (
    r"(?:also |just |still |really )?(?:has|have|had|is having|is taking|takes|took|sits|sat|gets"
    r"|got|is doing|did|failed|passed|missed|faces|is facing|underwent|will have|will take)\b"
)
_NO_NAME = r"(?:There|That|This|It|Who|What|Everyone|We|I|Finals|Exams?)\b"
_THEIRS = re.compile(
    rf"{_LEAD}(?:my (?:[a-z]+ ){{0,2}}?(?:{_RELATIVES})(?:,? (?-i:[A-Z])\w+)?"
    rf"(?:'s (?!(?:that|why|how|what)\b)\w+| {_HAVE})"
    rf"|(?:he|she|they|(?-i:(?!{_NO_NAME})[A-Z][a-z]+)) {_HAVE} (?:an?|his|her|their)\b)",
    re.IGNORECASE,
)
_WITH_ME = re.compile(r"\b(?:i|i'm|me|we|us|our|together)\b", re.IGNORECASE)
_THEIRS_KO = re.compile(
    rf"^(?:\S+[에은는]\s)?(?:(?:제|내|우리|저희|저의|나의)\s)?(?:[가-힣]{{1,3}}\s)?(?:{_RELATIVES_KO})"
    r"(?:\s?[가-힣]{2,3}?)?(?:이|가|은|는|도|의|이가|이는|네)?\s"
)
_WITH_ME_KO = re.compile(
    r"(?<![가-힣])(?:제가|저[는도랑를한]|내가|나[는도랑를한]|같이|함께|우리가)"
)


def is_past(text: str, start: int, end: int) -> bool:
    """Tell whether the weekday at `start` to `end` of a text is one that has been.

    Of one that may be either it is so when its clause tells of something past.
    """
    before, after = _around(text, start, end)
    if _LAST_BEFORE.search(before) or _LAST_AFTER.match(after):
        return True
    if _WAS_DUE.search(before + text[start:end]) or _SHOULD_HAVE.search(after):
        return True
    if has_hangul(text):
        return _past_in_korean(after)
    named = text[start:end]
    if _TOWARDS.search(before) or _TOWARDS_WITHIN.match(named) or _WILL.search(before):
        return False
    verbs = [*_VERB.finditer(before)]
    verb = verbs[-1] if verbs else _VERB.search(after)
    if verb is None or verb["past"] is None:
        return False
    return _ARRANGED.search(before) is None


def is_theirs(clause: str) -> bool:
    """Tell whether what a clause says to be on a day is somebody else's: "my brother has …"."""
    if has_hangul(clause):
        found = _THEIRS_KO.match(clause)
        return found is not None and _WITH_ME_KO.search(clause, found.end()) is None
    found = _THEIRS.match(clause)
    return found is not None and _WITH_ME.search(clause, found.end()) is None


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands in the clause of a place before and after it."""
    joint = KOREAN_JOINT if has_hangul(text) else _JOINT
    before, after = text[:start], text[end:]
    for each in joint.finditer(text):
        if each.end() <= start:
            before = text[each.end() : start]
        elif each.start() >= end:
            return before, text[end : each.start()]
    return before, after


def _past_in_korean(after: str) -> bool:
    if _KOREAN_TOWARDS.match(after) or _KOREAN_WILL.search(after):
        return False
    for place, each in enumerate(after):
        if "가" <= each <= "힣" and (ord(each) - 0xAC00) % 28 == _DOUBLE_S and each not in _BEEN:
            return _KOREAN_STILL.search(after[: place + 1]) is None
    return False
