"""The `ion experiments` commands: list, show, start, advance, roll back and stop."""

import argparse
from pathlib import Path

__all__ = ["add_experiments"]


def add_experiments(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `experiments` and its actions."""
    parser = commands.add_parser("experiments", help="compare variants on real users")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="print all experiments")
    start = actions.add_parser("start", help="begin the experiment that a TOML file describes")
    start.add_argument("file", type=Path, metavar="FILE")
    for name, words in (
        ("show", "print what came of an experiment so far, and what to do"),
        ("advance", "widen it to the next of 5, 10, 25, 50 and 100 %% of the users"),
        ("roll-back", "end it, with nobody in it any more, because it did harm"),
        ("stop", "end it"),
    ):
        action = actions.add_parser(name, help=words)
        action.add_argument("name", metavar="NAME")
        if name == "advance":
            action.add_argument("--force", action="store_true", help="even against the figures")
