"""AG-UI's own JavaScript client, which checks the order of events as it applies them."""

import asyncio
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.house import House

NODE = Path(__file__).parent / "node"
WORDS = "".join(f"w{number} " for number in range(12))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the client is installed."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("agui")
    for path in NODE.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
    if done.returncode != 0:
        pytest.skip("@ag-ui/client could not be installed from npm")
    return folder


async def talk(folder: Path, house: House, token: str, *said: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        "node",
        "talk.mjs",
        f"{house.url}/agui",
        token,
        *said,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, errors.decode()
    found: dict[str, Any] = json.loads(out)
    return found


async def test_two_runs_leave_the_client_with_the_conversation(
    installed: Path, house: House
) -> None:
    token = await house.token()
    talked = await talk(installed, house, token, "thread", "one", "two")

    assert [run["told"][-1] for run in talked["runs"]] == ["RUN_FINISHED", "RUN_FINISHED"]
    assert [each["content"] for each in talked["messages"]] == ["one", WORDS, "two", WORDS]
    sessions = {run["result"]["session_id"] for run in talked["runs"]}
    assert len(sessions) == 1


async def test_the_client_learns_that_a_run_failed(installed: Path, house: House) -> None:
    token = await house.token()
    talked = await talk(installed, house, token, "thread", "FAIL_AFTER_10")

    assert talked["runs"][0]["told"][-1] == "RUN_ERROR"


async def test_the_client_learns_that_it_may_not_talk(installed: Path, house: House) -> None:
    talked = await talk(installed, house, "no-token", "thread", "one")

    assert "401" in talked["runs"][0]["error"]


async def test_the_example_of_the_docs_works(installed: Path, house: House) -> None:
    page = (Path(__file__).parents[4] / "docs" / "compatible.md").read_text()
    program = page.partition("```js\n")[2].partition("```")[0]
    (installed / "example.mjs").write_text(program.replace("http://127.0.0.1:8000", house.url))
    process = await asyncio.create_subprocess_exec(
        "node",
        "example.mjs",
        await house.token(),
        cwd=installed,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 60)

    assert out.decode().strip() == WORDS.strip()
