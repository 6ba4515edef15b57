"""What is typed while no prompt is open: kept by the terminal, and not shown in between."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["unechoed"]


@contextmanager
def unechoed(fd: int) -> Iterator[None]:
    """Have a terminal show nothing of what is typed; the next prompt reads and shows it.

    Prompts set the terminal's mode themselves and put this one back. Windows shows nothing anyway.
    """
    if sys.platform == "win32":
        yield
        return
    import termios

    before = termios.tcgetattr(fd)
    silent = [*before]
    # by keys and not by lines, so that Ctrl-D and Backspace reach the prompt, too
    silent[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(fd, termios.TCSANOW, silent)
    try:
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSANOW, before)
