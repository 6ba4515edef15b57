"""How much of what is remembered is junk, and how much of what is wanted is kept."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from schemas.resources import Usage
from sessions.archive import (
    SESSIONS,
    TURNS,
    AnswerDocument,
    SessionDocument,
    TurnDocument,
    UserMessage,
)
from sessions.ids import answer_id
from sessions.safety.classify import check
from sessions.stores.documents import Documents

from .documents import FactDocument, Kind, Source
from .extract.provider import Extractor
from .facts import Facts
from .gate import Gate
from .keeping import MemoryKeeper
from .refusals import Refusals
from .sources import sourced

__all__ = ["Conversation", "Report", "Share", "measure", "table"]

DAY = date(2026, 3, 4)  # a Wednesday
STEP = timedelta(minutes=10)


class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact of one of these kinds whose text has these words, due on this day."""

    kinds: tuple[Kind, ...]
    has: str
    due: date | None = None


class Labelled(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A turn, what of it is `wanted`, what is `fine` to keep; anything else that is kept is junk.

    `known` are facts from before, `gone` words that no valid fact may have afterwards,
    `sensitive` words of facts that must be classed so. In a `loose` turn one fact may hold
    several wanted ones, whatever its kind. `trap` says what tempts to keep junk.
    """

    user: str
    answer: str
    wanted: tuple[Wanted, ...] = ()
    fine: tuple[Wanted, ...] = ()
    known: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    loose: bool = False
    trap: str = ""


class Conversation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Turns of one user, ten minutes apart on Wednesday, 4 March 2026, from 10:00 in `zone`."""

    id: str
    language: str
    zone: str
    turns: tuple[Labelled, ...]


class Share(Struct, frozen=True, kw_only=True):
    """How many of how many."""

    n: int
    of: int

    @property
    def value(self) -> float | None:
        """Return the share, None of nothing."""
        return self.n / self.of if self.of else None


class Report(Struct, frozen=True, kw_only=True):
    """What was measured; `junk` of the stored facts, `kept` of the wanted ones.

    `traps`: turns that tempt and led to junk. `gone`: what had to stop being valid and did.
    `sensitive`: what had to be classed so and was. `mistakes` tell each miss and each junk fact.
    """

    turns: int
    junk: Share
    kept: Share
    traps: Share
    gone: Share
    sensitive: Share
    by_kind: dict[str, dict[str, Share]]
    by_language: dict[str, dict[str, Share]]
    mistakes: tuple[str, ...] = ()


class _Clock:
    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


class _Count:
    """Counts shares by name."""

    def __init__(self) -> None:
        self.n: Counter[tuple[str, ...]] = Counter()
        self.of: Counter[tuple[str, ...]] = Counter()
        self.mistakes: list[str] = []

    def add(self, what: str, right: bool, *more: tuple[str, str]) -> None:
        for key in ((what,), *((what, *each) for each in more)):
            self.n[key] += right
            self.of[key] += 1

    def share(self, *key: str) -> Share:
        return Share(n=self.n[key], of=self.of[key])

    def by(self, axis: str) -> dict[str, dict[str, Share]]:
        names = sorted({key[2] for key in self.of if len(key) == 3 and key[1] == axis})
        return {
            name: {what: self.share(what, axis, name) for what in ("junk", "kept")}
            for name in names
        }


async def measure(
    conversations: Sequence[Conversation],
    documents: Documents,
    *,
    persona_lines: Sequence[str] = (),
    extractor: Extractor | None = None,
) -> Report:
    """Run conversations through the product's own keeping of memory, in empty documents."""
    count = _Count()
    for conversation in conversations:
        await _Run(conversation, documents, persona_lines, extractor, count).go()
    return Report(
        turns=sum(len(each.turns) for each in conversations),
        junk=count.share("junk"),
        kept=count.share("kept"),
        traps=count.share("trap"),
        gone=count.share("gone"),
        sensitive=count.share("sensitive"),
        by_kind=count.by("kind"),
        by_language=count.by("language"),
        mistakes=tuple(count.mistakes),
    )


class _Run:
    def __init__(
        self,
        conversation: Conversation,
        documents: Documents,
        persona_lines: Sequence[str],
        extractor: Extractor | None,
        count: _Count,
    ) -> None:
        self._conversation = conversation
        self._documents = documents
        self._count = count
        zone = ZoneInfo(conversation.zone)
        start = datetime.combine(DAY, time(10), tzinfo=zone).astimezone(UTC)
        self._clock = _Clock(start)
        self._user = f"u_{conversation.id}"
        refusals = Refusals(documents=documents, clock=self._clock, secret="")
        self._facts = Facts(documents=documents, clock=self._clock, refusals=refusals)
        self._keeper = MemoryKeeper(
            documents=documents,
            facts=self._facts,
            refusals=refusals,
            clock=self._clock,
            gate=Gate(persona_lines),
            extractor=extractor,
        )

    async def go(self) -> None:
        now = self._clock.now()
        session = SessionDocument(
            id=f"s_{self._conversation.id}",
            user_id=self._user,
            title="",
            created_at=now,
            updated_at=now,
            timezone=self._conversation.zone,
        )
        await self._documents.insert(SESSIONS, session)
        for number, labelled in enumerate(self._conversation.turns, 1):
            for place, text in enumerate(labelled.known):
                await self._facts.add(self._known(f"{number}-{place}", text))
            turn = self._turn(session, number, labelled)
            await self._documents.insert(TURNS, turn)
            self._clock.at += STEP
            self._judge(labelled, await self._keeper.ended(turn, session))
            await self._gone(labelled)

    def _turn(self, session: SessionDocument, number: int, labelled: Labelled) -> TurnDocument:
        now = self._clock.now()
        turn_id = f"t_{self._conversation.id}-{number}"
        message = UserMessage(
            id=f"m_{turn_id}", client_msg_id=turn_id, text=labelled.user, created_at=now
        )
        answer = AnswerDocument(
            message_id=answer_id(turn_id),
            text=labelled.answer,
            persona="lua",
            finish_reason="safety" if check(labelled.user) else "stop",
            usage=Usage(prompt_tokens=0, completion_tokens=0),
            model="labelled",
            created_at=now,
        )
        return TurnDocument(
            id=turn_id,
            session_id=session.id,
            user_id=self._user,
            number=number,
            messages=(message,),
            client_msg_ids=(turn_id,),
            created_at=now,
            updated_at=now,
            open=False,
            state="done",
            answer=answer,
        )

    def _known(self, name: str, text: str) -> FactDocument:
        now = self._clock.now() - timedelta(days=7)
        fact = FactDocument(
            id=f"f_known-{self._conversation.id}-{name}",
            user_id=self._user,
            kind="goal",
            text=text,
            language=self._conversation.language,
            sources=(),
            session_ids=(),
            turn_ids=(),
            confidence=0.9,
            valid_from=now,
            created_at=now,
            updated_at=now,
        )
        source = Source(session_id="s_before", turn_id="t_before", message_id="m_before")
        return sourced(fact, (source,))

    def _judge(self, labelled: Labelled, kept: Sequence[FactDocument]) -> None:
        language = ("language", self._conversation.language)
        left = list(kept)
        met: list[FactDocument] = []
        for wanted in labelled.wanted:
            pool = kept if labelled.loose else left
            fact = next((each for each in pool if _fits(wanted, each, labelled.loose)), None)
            self._count.add("kept", fact is not None, ("kind", wanted.kinds[0]), language)
            if fact is None:
                self._tell("missed", labelled, f"{wanted.kinds[0]} {wanted.has} {wanted.due or ''}")
                continue
            met.append(fact)
            if fact in left:
                left.remove(fact)
        junk = [each for each in left if not _fine(labelled, each) and each not in met]
        for fact in kept:
            self._count.add("junk", fact in junk, ("kind", fact.kind), language)
            if fact in junk:
                self._tell(f"junk {fact.kind}", labelled, fact.text)
        if labelled.trap:
            self._count.add("trap", bool(junk))
        for word in labelled.sensitive:
            about = [each for each in kept if word in each.text.casefold()]
            if about:
                private = all(each.sensitivity == "sensitive" for each in about)
                self._count.add("sensitive", private)
                if not private:
                    self._tell("not sensitive", labelled, word)

    async def _gone(self, labelled: Labelled) -> None:
        valid = await self._facts.of_user(self._user)
        for word in labelled.gone:
            gone = not any(word in each.text.casefold() for each in valid)
            self._count.add("gone", gone)
            if not gone:
                self._tell("not gone", labelled, word)

    def _tell(self, what: str, labelled: Labelled, detail: str) -> None:
        self._count.mistakes.append(f"{self._conversation.id} {what}: {detail} <- {labelled.user}")


def _fits(wanted: Wanted, fact: FactDocument, loose: bool) -> bool:
    if wanted.has not in fact.text.casefold() or not (loose or fact.kind in wanted.kinds):
        return False
    return wanted.due is None or f"({wanted.due})" in fact.text or str(wanted.due) in fact.text


def _fine(labelled: Labelled, fact: FactDocument) -> bool:
    return any(_fits(structs.replace(each, due=None), fact, loose=False) for each in labelled.fine)


def table(report: Report) -> str:
    """Return a report for people, in percent."""
    lines = [
        f"{report.turns} turns",
        "",
        f"junk among stored facts   {_percent(report.junk)}",
        f"wanted facts kept         {_percent(report.kept)}",
        f"traps that led to junk    {_percent(report.traps)}",
        f"ended facts that ended    {_percent(report.gone)}",
        f"private facts classed so  {_percent(report.sensitive)}",
    ]
    for title, rows in (("kind", report.by_kind), ("language", report.by_language)):
        lines += ["", f"by {title:<12}{'junk':>18}{'kept':>18}"]
        lines += [
            f"  {name:<13}{_percent(each['junk']):>18}{_percent(each['kept']):>18}"
            for name, each in rows.items()
        ]
    return "\n".join(lines) + "\n"


def _percent(share: Share) -> str:
    value = share.value
    shown = "-" if value is None else f"{value:.1%}"
    return f"{shown} ({share.n}/{share.of})"
