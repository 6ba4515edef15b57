"""Train the model of the routing: `python -m sessions.personas.train [DATA] [--evaluate]`."""

import argparse
import sys
from pathlib import Path

from sessions.personas.training.command import Choices, NoEncoder, run
from sessions.personas.training.rows import DataMissing

__all__ = ["main"]

DATA = Path("../shared/data/persona_routing")
OUT = Path(__file__).parent / "routing"


def main(arguments: list[str] | None = None) -> int:
    """Train and write the model, its card and its metrics; return the exit code.

    0 well, 1 when there is no data: the model in the package stays as it is and is used.
    """
    options = _parser().parse_args(arguments)
    choices = Choices(
        data=options.data,
        out=None if options.evaluate else options.out,
        vectors=options.vectors,
        embed_at_most=options.embed_at_most,
        with_encoder=not options.without_embeddings,
    )
    try:
        run(choices, tell=lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201
    except (DataMissing, NoEncoder) as error:
        sys.stderr.write(
            f"train: {error}\nNothing was written; the model in the package is used.\n"
        )
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sessions.personas.train")
    parser.add_argument("data", nargs="?", type=Path, default=DATA, help=f"default: {DATA}")
    parser.add_argument("--out", type=Path, default=OUT, help="folder for the three files")
    parser.add_argument("--evaluate", action="store_true", help="print the metrics, write nothing")
    parser.add_argument("--vectors", type=Path, help="where vectors are kept between runs (.npz)")
    parser.add_argument(
        "--embed-at-most", type=int, metavar="N", help="make N new vectors and do without the rest"
    )
    parser.add_argument("--without-embeddings", action="store_true", help="train on words alone")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
