"""The `ion policy` commands: see, replay and promote how learned preferences are used."""

import argparse
from pathlib import Path

__all__ = ["add_policies"]


def add_policies(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `policy` and its actions."""
    parser = commands.add_parser("policy", help="how learned preferences choose the mentor")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("show", help="print the policy in force and those that have a name")
    actions.add_parser("log", help="print the log of choices, one a line, without names")
    for name, words in (
        ("replay", "tell from the log what another policy would have been worth"),
        ("promote", "replay a policy, and have all processes use it when it is better"),
    ):
        action = actions.add_parser(name, help=words)
        source = action.add_mutually_exclusive_group(required=True)
        source.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a printed log")
        source.add_argument("--from-store", action="store_true", help="the log of this server")
        action.add_argument(
            "--policy", required=True, metavar="NAME", help="its name, or a JSON file of parameters"
        )
        action.add_argument("--json", action="store_true", help="print one JSON object")
