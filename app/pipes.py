"""What becomes of a command when nobody reads its output any more, as after `| head`."""

import os
import sys
from collections.abc import Callable

from rich.console import Console

__all__ = ["OUTPUT_CLOSED", "Printer", "until_closed"]

# what shells report of a program that SIGPIPE (13) ended
OUTPUT_CLOSED = 128 + 13


class Printer(Console):
    """Prints tables; one whose reader is gone raises BrokenPipeError, as a plain write does."""

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError."""
        raise BrokenPipeError


def until_closed(run: Callable[[], int]) -> int:
    """Run a command and return its exit code, or OUTPUT_CLOSED when its reader is gone."""
    try:
        try:
            return run()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # what is still buffered would fail again at the exit
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        return OUTPUT_CLOSED
