"""The example of docs/protocol.md works as it stands."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.product import running_product

PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"


def test_the_example_talks(tmp_path: Path) -> None:
    found = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    with running_product(tmp_path) as server:
        program = found[1].replace("127.0.0.1:8000", server.url.removeprefix("http://"))
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert done.returncode == 0, done.stderr
    frames = [json.loads(line) for line in done.stdout.splitlines()]
    assert frames[0]["type"] == "welcome"
    assert frames[-1]["type"] == "turn_done"
    assert frames[-1]["text"]
