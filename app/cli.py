"""The `ion` command: serve, worker, chat, config, doctor, key, eval, experiments, policy, site."""

import argparse
import asyncio
import gc
import os
import sys
from typing import NoReturn

from msgspec import structs

from app.evaluations import add_evaluations, evaluate
from app.experiments import add_experiments
from app.pipes import until_closed
from app.policies import add_policies
from app.settings import Settings, SettingsError, cores, load_settings, read_workers
from app.sites.commands import add_sites

__all__ = ["main"]

_MOST_DAYS = 365


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 well, 1 failed, 2 wrong use or settings.

    It is 141 when whoever read the output went away.
    """
    # what a command imports stays: to look through it for garbage took an eighth of the start
    gc.set_threshold(50_000, 20, 20)
    return until_closed(lambda: _run(arguments))


def _run(arguments: list[str] | None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"ion: these settings make no sense:\n{error}\n")
        return 2
    command: str | None = options.command
    if command is None:
        sys.stderr.write(parser.format_help())
        return 2
    if command == "chat":
        _chat(settings, options.rest)
    if (plain := _PLAIN.get(command)) is not None:
        return plain(settings)
    if command == "key":
        from app.keys import print_key

        return print_key(settings, days=options.days, user_id=options.user)
    if command == "eval":
        return evaluate(options, with_encoder=settings.encoder != "off")
    if command == "experiments":
        from app.experiment_actions import act as act_on_experiments

        return act_on_experiments(settings, options)
    if command == "policy":
        from app.policy_actions import act

        return act(settings, options)
    if command == "site":
        from app.sites.actions import act as act_on_sites

        return act_on_sites(settings, options)
    return _serve(settings, options.workers)


def _serve(settings: Settings, asked: int | None) -> int:
    workers = settings.workers if asked is None else asked
    if (workers or cores()) == 1:
        from app.serve import serve

        return serve(settings)
    from app.workers.supervisor import supervise

    many = workers or cores()
    return supervise(structs.replace(settings, workers=many), many)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ion", description="A backend for AI mentors.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    serve = commands.add_parser("serve", help="run the server; settings come from ION_… variables")
    serve.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        help="processes that share the work, 0 or auto: one a core (ION_WORKERS, default 1)",
    )
    commands.add_parser("worker", help="send notifications, beside servers (ION_PUSH_WORKER=apart)")
    chat = commands.add_parser(
        "chat", help="talk with a mentor in the terminal", prefix_chars="\0", add_help=False
    )
    chat.add_argument("rest", nargs="*", help="options of the chat, see: ion chat --help")
    commands.add_parser("config", help="print the settings in force, secrets masked")
    commands.add_parser("doctor", help="check that everything the server needs is there")
    key = commands.add_parser("key", help="print a key for a program that can't refresh tokens")
    key.add_argument("--days", type=_days, default=90, help="how long it lives (default: 90)")
    key.add_argument("--user", type=_user, help="whose key it is (default: a new user's)")
    add_evaluations(commands)
    add_experiments(commands)
    add_policies(commands)
    add_sites(commands)
    return parser


def _workers(text: str) -> int:
    try:
        return read_workers(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"between 1 and {_MOST_DAYS} days")
    return int(text)


def _user(text: str) -> str:
    from app.keys import is_user_id

    if not is_user_id(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no user id: they look like u_06f3…")
    return text


def _chat(settings: Settings, rest: list[str]) -> NoReturn:
    """Replace this process by the terminal client, which is a program of its own."""
    if not any(each.startswith("--url") for each in rest):
        rest = ["--url", settings.local_url, *rest]
    os.execv(sys.executable, [sys.executable, "-m", "ion_client.chat", *rest])  # noqa: S606


def _config(settings: Settings) -> int:
    for name, value in settings.masked().items():
        sys.stdout.write(f"{name}={value}\n")
    return 0


def _doctor(settings: Settings) -> int:
    from app.doctor import doctor

    return asyncio.run(doctor(settings))


def _worker(settings: Settings) -> int:
    from app.pushing.apart import work

    return work(settings)


_PLAIN = {"config": _config, "doctor": _doctor, "worker": _worker}


if __name__ == "__main__":
    raise SystemExit(main())
