"""Steps: what the user set out to do, and what the last answer proposed; done ones leave."""

import re
from collections.abc import Iterator

from schemas.resources import Progress
from sessions.conversation import Note, PastTurn, Summary
from sessions.notes.clauses import has_hangul, prose, sentences, shortened
from sessions.progress import english, korean

__all__ = ["progress_of", "stepped"]

MOST_OWN, MOST_PROPOSED, MOST_TOLD = 4, 2, 3
LONGEST = 100
STEPS = re.compile(
    r"^\W*(?:(?:next |action )?steps?|plan|recommendation"
    r"|다음 (?:단계|할 일)|(?:실행 )?단계|추천|제안)\b",
    re.IGNORECASE,
)
HEADING = re.compile(r"^\s*(?:#{1,6}\s|\*\*)")
ITEM = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+(?P<x>.+)$")
LABEL = re.compile(r"^\s*(?:#{1,6}\s.*|\*\*[^*]+\*\*)")
NAMED = re.compile(r"\*\*[^*\n]{1,40}:\*\*\s*")
# who is to do it and when, before the step itself
WHO = re.compile(r"^(?:you|본인|당신|지금)\b[^:.]{0,24}:\s*", re.IGNORECASE)
WORD = re.compile(r"[가-힣]{2,}|[a-z']{4,}")
SAME = 0.5


def stepped(steps: tuple[Note, ...], turn: PastTurn, tried: tuple[Note, ...]) -> tuple[Note, ...]:
    """Return the steps after a turn, in which the user said that `tried` was tried.

    A step is out when what was tried shares half of its words, or the user says that it is done,
    which means the newest one; what an answer proposed is out
    with the next answer that proposes something. At most 4 of the user's own are kept, the newest
    ones, and 2 that were proposed.
    """
    own = [each for each in steps if each.kind == "step"]
    proposed = [each for each in steps if each.kind == "proposed"]
    own, proposed = (_open(kept, tried) for kept in (own, proposed))
    if _says_done(turn.user_text):
        own, proposed = (own[:-1], proposed) if own else (own, proposed[1:])
    fresh = [_note("step", words, turn) for words in _intentions(turn.user_text)]
    asked = [_note("proposed", words, turn) for words in _proposals(turn.answer)]
    known = {_key(each) for each in fresh}
    own = [each for each in own if _key(each) not in known] + fresh
    return (*own[-MOST_OWN:], *(asked[:MOST_PROPOSED] or proposed))


def progress_of(summary: Summary) -> Progress | None:
    """Return goal, attempts and next steps, the user's own before what was proposed."""
    goals = [each.text for each in summary.notes if each.kind == "goal"]
    tried = [each.text for each in summary.notes if each.kind == "tried"]
    if not (goals or tried or summary.steps):
        return None
    own = [each.text for each in reversed(summary.steps) if each.kind == "step"]
    proposed = [each.text for each in summary.steps if each.kind == "proposed"]
    return Progress(
        goal=goals[-1] if goals else "",
        tried=tuple(tried[-MOST_TOLD:]),
        next=tuple([*own, *proposed][:MOST_TOLD]),
    )


def _note(kind: str, words: str, turn: PastTurn) -> Note:
    return Note(kind=kind, text=words, turn_id=turn.turn_id)


def _open(steps: list[Note], tried: tuple[Note, ...]) -> list[Note]:
    return [step for step in steps if not any(_done(step, each) for each in tried)]


def _done(step: Note, tried: Note) -> bool:
    meant, did = _stems(step.text), _stems(tried.text)
    return bool(meant) and len(meant & did) >= SAME * len(meant)


def _stems(text: str) -> set[str]:
    """Return words without their endings: two syllables of Korean, four letters of others."""
    return {word[:2] if has_hangul(word) else word[:4] for word in WORD.findall(text.casefold())}


def _key(note: Note) -> str:
    return "".join(each for each in note.text.casefold() if each.isalnum())


def _intentions(text: str) -> Iterator[str]:
    for sentence in sentences(prose(text)):
        if not sentence.endswith("?"):
            reader = korean if has_hangul(sentence) else english
            if words := reader.intention(sentence):
                yield shortened(words, LONGEST)


def _says_done(text: str) -> bool:
    told = sentences(prose(text))[:2]
    return any((korean if has_hangul(each) else english).says_done(each) for each in told)


def _proposals(answer: str) -> list[str]:
    """Return the list under a heading that announces steps, else sentences that tell what to do."""
    listed: list[str] = []
    under, beside = False, ""
    for line in answer.splitlines():
        item = ITEM.match(line)
        if item is not None and under:
            listed.append(item["x"])
        elif item is None and HEADING.match(line):
            under = STEPS.match(line) is not None
            beside = LABEL.sub("", line).strip() if under and not listed else beside
        elif item is None and line.strip():
            under = under and not listed
    if listed and beside and not beside.endswith(":"):
        listed.insert(0, beside)
    if not listed:
        bare = NAMED.sub("", answer).replace("**", "")
        listed = [each for each in sentences(prose(bare)) if _tells(each)]
    told = (WHO.sub("", each.strip()).strip(" *_").rstrip(".!") for each in listed)
    return [shortened(each, LONGEST) for each in told if each]


def _tells(sentence: str) -> bool:
    if sentence.endswith("?") or len(sentence) > 2 * LONGEST:
        return False
    reader = korean if has_hangul(sentence) else english
    return bool(reader.is_proposal(sentence))
