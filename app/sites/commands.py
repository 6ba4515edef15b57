"""The `ion site` commands: add, list, secret and remove."""

import argparse

__all__ = ["add_sites"]


def add_sites(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `site` and its actions."""
    parser = commands.add_parser("site", help="let pages of others have the chat on them")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="print all sites and their public keys")
    add = actions.add_parser("add", help="make a site and print its public key")
    add.add_argument("name", metavar="NAME", help="what operators call it")
    add.add_argument(
        "origins",
        metavar="ORIGIN",
        nargs="+",
        help="https://www.example.org, https://*.example.org",
    )
    secret = actions.add_parser("secret", help="print the secret with which its server signs")
    secret.add_argument("key", metavar="KEY")
    remove = actions.add_parser("remove", help="end a site: its key opens nothing any more")
    remove.add_argument("key", metavar="KEY")
