"""Replays people's messages as users of the product: `bench/replay.py FILE.jsonl.gz --limit 400`.

Each row is {community, title, message, label}. Four messages of one community make a conversation,
over a real socket, with the offline engine. Nothing of the messages is printed or kept.
"""

import argparse
import asyncio
import gzip
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench.harness import percentile, report, server
from tests.device import Device
from tests.product import ProductServer

__all__ = ["main"]

TURNS = 4
CONVERSATIONS_A_USER = 5
AT_ONCE = 8
MAX_CHARS = 8_000
SEED = 20261123
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")


class Row(NamedTuple):
    """One message and who should answer it."""

    community: str
    text: str
    label: str


class Outcome(NamedTuple):
    """What one conversation gave."""

    failures: int
    repeats: int
    personas: list[tuple[str, str]]
    first_ms: list[float]
    done_ms: list[float]


def main(arguments: Sequence[str] | None = None) -> int:
    """Replay and print; returns 1 when a turn failed or a sentence came twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--limit", type=int, default=400, help="messages (default 400)")
    options = parser.parse_args(arguments)
    if not options.file.exists():
        sys.stderr.write(f"{options.file} is not there\n")
        return 2
    conversations = _conversations(_rows(options.file), options.limit)
    with server({"ION_LLM": "offline"}) as product:
        outcomes = asyncio.run(_replay(product, conversations))
    return _print(outcomes)


def _rows(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        for line in file:
            row = json.loads(line)
            text = "\n".join(filter(None, (row.get("title"), row["message"])))[:MAX_CHARS]
            yield Row(row.get("community", ""), text, row["label"])


def _conversations(rows: Iterator[Row], limit: int) -> list[list[Row]]:
    """Group each community's messages by four, and draw from all of them, seeded."""
    waiting: defaultdict[str, list[Row]] = defaultdict(list)
    whole: list[list[Row]] = []
    for row in rows:
        waiting[row.community].append(row)
        if len(waiting[row.community]) == TURNS:
            whole.append(waiting.pop(row.community))
    random.Random(SEED).shuffle(whole)
    return whole[: limit // TURNS]


async def _replay(product: ProductServer, conversations: list[list[Row]]) -> list[Outcome]:
    users = [
        conversations[start : start + CONVERSATIONS_A_USER]
        for start in range(0, len(conversations), CONVERSATIONS_A_USER)
    ]
    gate = asyncio.Semaphore(AT_ONCE)
    with Progress(console=Console(file=sys.stderr), transient=True) as progress:
        task = progress.add_task("talking", total=len(conversations))

        async def one_user(number: int, mine: list[list[Row]]) -> list[Outcome]:
            outcomes = []
            async with gate, Device(product.ws_url, product.anonymous()["access_token"]) as device:
                for index, rows in enumerate(mine):
                    outcomes.append(await _converse(device, rows, f"{number}-{index}"))
                    progress.advance(task)
            return outcomes

        done = await asyncio.gather(*(one_user(i, mine) for i, mine in enumerate(users)))
    return [outcome for outcomes in done for outcome in outcomes]


async def _converse(device: Device, rows: list[Row], name: str) -> Outcome:
    session_id: str | None = None
    failures = 0
    personas: list[tuple[str, str]] = []
    sentences: Counter[str] = Counter()
    first_ms: list[float] = []
    done_ms: list[float] = []
    for number, row in enumerate(rows):
        began = time.perf_counter()
        ack = await device.send(row.text, f"{name}-{number}", session_id)
        session_id = ack["session_id"]
        view, turn_id = device.views[session_id], ack["turn_id"]
        await device.until(lambda v=view, t=turn_id: bool(v.texts.get(t)) or t in v.ended)  # type: ignore[misc]
        first_ms.append((time.perf_counter() - began) * 1000)
        end = await device.answer(turn_id, session_id, deadline_s=60)
        done_ms.append((time.perf_counter() - began) * 1000)
        if end["type"] != "turn_done" or not end["text"].strip():
            failures += 1
            continue
        personas.append((row.label, end["persona"]))
        sentences.update(_sentences(end["text"]))
    repeats = sum(count - 1 for count in sentences.values() if count > 1)
    return Outcome(failures, repeats, personas, first_ms, done_ms)


def _sentences(text: str) -> list[str]:
    """Return the normalised sentences of an answer, without numbering and headings."""
    found = (" ".join(each.split()).casefold() for each in _SENTENCE.findall(text))
    return [each for each in found if len(each.split()) >= 3]


def _print(outcomes: list[Outcome]) -> int:
    failures = sum(each.failures for each in outcomes)
    repeats = sum(each.repeats for each in outcomes)
    pairs = Counter(pair for each in outcomes for pair in each.personas)
    first = [value for each in outcomes for value in each.first_ms]
    done = [value for each in outcomes for value in each.done_ms]
    total = sum(pairs.values())
    hits = sum(count for (label, persona), count in pairs.items() if label == persona)
    _print_personas(pairs)
    rows = [
        ("conversations, messages", f"{len(outcomes)}, {len(first)}"),
        ("failures", str(failures)),
        ("sentences said twice in a conversation", str(repeats)),
        ("persona is the label's", f"{hits} of {total} ({hits / max(1, total):.1%})"),
        ("send to first word, p50 / p95", _pair(first)),
        ("send to whole answer, p50 / p95", _pair(done)),
    ]
    figures = {
        "conversations": len(outcomes),
        "messages": len(first),
        "failures": failures,
        "repeated_sentences": repeats,
        "persona_accuracy": hits / max(1, total),
        "personas": {f"{label}->{persona}": count for (label, persona), count in pairs.items()},
        "first_word_ms": {"p50": percentile(first, 0.5), "p95": percentile(first, 0.95)},
        "answer_ms": {"p50": percentile(done, 0.5), "p95": percentile(done, 0.95)},
    }
    report("replay", "Replay with the offline engine", ("figure", "value"), rows, figures=figures)
    return 1 if failures or repeats else 0


def _print_personas(pairs: Counter[tuple[str, str]]) -> None:
    names = sorted({name for pair in pairs for name in pair})
    table = Table("label", *names, title="who answered, by label", title_justify="left")
    for label in sorted({label for label, _ in pairs}):
        total = sum(pairs[label, name] for name in names)
        table.add_row(label, *(f"{pairs[label, name] / total:.0%}" for name in names))
    Console(file=sys.stdout).print(table)


def _pair(values: list[float]) -> str:
    return f"{percentile(values, 0.5):.0f} / {percentile(values, 0.95):.0f} ms"


if __name__ == "__main__":
    raise SystemExit(main())
