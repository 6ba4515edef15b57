"""The examples of docs/compatible.md work as they stand."""

import re
import subprocess
import sys
from pathlib import Path

from tests.product import running_product

PAGE = Path(__file__).parents[2] / "docs" / "compatible.md"


def example(language: str) -> str:
    """Return the page's program in a language."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_python_example_talks(tmp_path: Path) -> None:
    with running_product(tmp_path) as server:
        program = example("python").replace("http://127.0.0.1:8000", server.url)
        token = server.anonymous()["access_token"]
        done = subprocess.run(
            [sys.executable, "-c", program, token],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert done.returncode == 0, done.stderr
    assert len([line for line in done.stdout.splitlines() if line.strip()]) >= 2
