"""The `ion eval` commands: how well the product reads messages, on labelled examples."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from app.labelled import LinesInvalid, read_lines
from sessions.errors import IonError, NotFound
from sessions.memory.recall.dialogues import DialoguesInvalid

__all__ = ["add_evaluations", "evaluate"]


def add_evaluations(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `eval` and what it can measure; every kind sets `run` to its function of options."""
    parser = commands.add_parser(
        "eval", help="measure what is read from messages, on labelled ones"
    )
    kinds = parser.add_subparsers(dest="kind", metavar="WHAT", required=True)
    analysis = kinds.add_parser("analysis", help="tone, pace, intent, language and persona")
    _with_or_without_embeddings(analysis)
    _over_a_file(analysis, _analysis)
    routing = kinds.add_parser("routing", help="which mentor a message is for, and how fast")
    _with_or_without_embeddings(routing)
    _over_a_file(routing, _routing)
    tokens = kinds.add_parser("tokens", help="how far the estimate of tokens is off")
    tokens.add_argument("--model", default="gpt-4o", help="whose tokens count (gpt-4o)")
    _over_a_file(tokens, _tokens)
    recall = kinds.add_parser("recall", help="how much of what answers a question is recalled")
    _with_or_without_embeddings(recall)
    recall.add_argument(
        "file", type=Path, metavar="FILE.json", help="dialogues in the layout of LoCoMo"
    )
    recall.add_argument("--json", action="store_true", help="print one JSON object")
    recall.set_defaults(run=_recall)
    style = kinds.add_parser("style", help="whether answers keep their persona's shape")
    style.add_argument("--persona", action="append", metavar="ID", help="only this one's answers")
    style.add_argument("--json", action="store_true", help="print one JSON object")
    style.set_defaults(run=_style)
    memory = kinds.add_parser(
        "memory", help="what is remembered of conversations, and what is junk"
    )
    memory.add_argument("--mistakes", action="store_true", help="tell every miss and junk fact")
    _over_a_file(memory, _memory)


def evaluate(options: argparse.Namespace, *, with_encoder: bool = True) -> int:
    """Run the chosen kind and return the exit code: 0 well, 2 when it can't be measured.

    Without `with_encoder` messages are read by their words, as if the options had asked for it.
    """
    if not with_encoder:
        options.without_embeddings = True
    run: Callable[[argparse.Namespace], str] = options.run
    try:
        sys.stdout.write(run(options))
    except (LinesInvalid, DialoguesInvalid, IonError) as error:
        sys.stderr.write(f"ion: {error}\n")
        return 2
    return 0


def _with_or_without_embeddings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--without-embeddings",
        "--no-encoder",
        action="store_true",
        help="measure words alone, without the encoder",
    )


def _over_a_file(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], str]) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.jsonl", help="one example a line, as JSON")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def _analysis(options: argparse.Namespace) -> str:
    from app.encoding import open_encoder
    from sessions.personas.catalogue import load_catalogue
    from sessions.personas.evaluate_analysis import Labelled, measure, table

    examples = read_lines(options.file, Labelled)
    catalogue = load_catalogue()
    encoder = None if options.without_embeddings else open_encoder(catalogue.model)
    sys.stderr.write(f"read by words{f' and {encoder.id}' if encoder else ' alone'}\n")
    report = measure(examples, catalogue, encoder)
    return f"{msgspec.json.encode(report).decode()}\n" if options.json else table(report)


def _routing(options: argparse.Namespace) -> str:
    from app.encoding import open_encoder
    from sessions.personas.catalogue import load_catalogue
    from sessions.personas.evaluate_routing import Labelled, measure, table

    examples = read_lines(options.file, Labelled)
    catalogue = load_catalogue()
    encoder = None if options.without_embeddings else open_encoder(catalogue.model)
    read_by = "words" if encoder is None else f"words and {encoder.id}"
    sys.stderr.write(f"{len(examples)} messages, read by {read_by if catalogue.model else '-'}\n")
    report = measure(examples, catalogue, encoder, tell=sys.stderr.write)
    return f"{msgspec.json.encode(report).decode()}\n" if options.json else table(report)


def _tokens(options: argparse.Namespace) -> str:
    from app.counting import open_vocabulary
    from sessions.tokens.evaluate import Labelled, measure, table

    if (count := open_vocabulary(options.model)) is None:
        raise NotFound(f"no vocabulary of {options.model} is here; the extra `tokens` has some")
    report = measure(read_lines(options.file, Labelled), count)
    return f"{msgspec.json.encode(report).decode()}\n" if options.json else table(report)


def _recall(options: argparse.Namespace) -> str:
    from app.recalling import evaluate_recall

    return evaluate_recall(options)


def _style(options: argparse.Namespace) -> str:
    from app.providers import open_provider
    from app.settings import load_settings
    from sessions.clock import SystemClock
    from sessions.personas.catalogue import load_catalogue
    from sessions.personas.evaluate_style import Answered, answered, measure, messages, table

    settings = load_settings()
    catalogue = load_catalogue()

    async def asked() -> list[Answered]:
        provider = open_provider(settings, SystemClock())
        try:
            return await answered(provider, catalogue, personas, messages())
        finally:
            await provider.aclose()

    personas = tuple(catalogue.get(one).id for one in options.persona or catalogue.ids)
    report = measure(settings.llm, asyncio.run(asked()), catalogue)
    return f"{msgspec.json.encode(report).decode()}\n" if options.json else table(report)


def _memory(options: argparse.Namespace) -> str:
    from app.stores import empty_documents
    from sessions.memory.evaluate import Conversation, Report, measure, table
    from sessions.memory.persona_lines import persona_lines
    from sessions.personas.catalogue import load_catalogue

    conversations = read_lines(options.file, Conversation)

    async def measured() -> Report:
        async with empty_documents() as documents:
            lines = persona_lines(load_catalogue())
            return await measure(conversations, documents, persona_lines=lines)

    report = asyncio.run(measured())
    if options.json:
        return f"{msgspec.json.encode(report).decode()}\n"
    told = "".join(f"{each}\n" for each in report.mistakes) if options.mistakes else ""
    return table(report) + told
